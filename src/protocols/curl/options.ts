/** curl's options (curl 8 manual), as far as they matter for reading a request. A table, one line per meaning. */

/** What an option means here. `value`: it takes the next word; `refuse`: why the command cannot be read with it. */
export type Option =
  | { readonly does: 'ignore'; readonly value: boolean }
  | { readonly does: 'refuse'; readonly value: boolean; readonly because: string; readonly fix: string }
  | { readonly does: Act; readonly value: boolean };

/** The options that shape the request. */
export type Act =
  | 'method'
  | 'header'
  | 'data'
  | 'data-raw'
  | 'data-binary'
  | 'data-urlencode'
  | 'json'
  | 'user'
  | 'bearer'
  | 'agent'
  | 'referer'
  | 'get'
  | 'head'
  | 'url'
  | 'url-query'
  | 'next';

const ACTS: readonly (readonly [names: string, does: Act, value: boolean])[] = [
  ['-X --request', 'method', true],
  ['-H --header', 'header', true],
  ['-d --data --data-ascii', 'data', true],
  ['--data-raw', 'data-raw', true],
  ['--data-binary', 'data-binary', true],
  ['--data-urlencode', 'data-urlencode', true],
  ['--json', 'json', true],
  ['-u --user', 'user', true],
  ['--oauth2-bearer', 'bearer', true],
  ['-A --user-agent', 'agent', true],
  ['-e --referer', 'referer', true],
  ['-G --get', 'get', false],
  ['-I --head', 'head', false],
  ['--url', 'url', true],
  ['--url-query', 'url-query', true],
  ['-: --next', 'next', false],
];

const NO_FORM = {
  because: 'multipart/form-data, which no token endpoint reads',
  fix: 'send the parameters with -d or --data-urlencode: application/x-www-form-urlencoded',
};
const NO_FILE = {
  because: 'an option that reads a file; no other file is read here',
  fix: 'put what the file holds on the command line',
};
const REFUSED: readonly (readonly [names: string, why: { readonly because: string; readonly fix: string }])[] = [
  ['-F --form --form-string', NO_FORM],
  ['-T --upload-file -K --config', NO_FILE],
];

const IGNORED_FLAGS =
  '-k --insecure -s --silent -S --show-error -v --verbose -i --include --show-headers -L --location --location-trusted ' +
  '--compressed -f --fail --fail-with-body -N --no-buffer -g --globoff -O --remote-name -J --remote-header-name -j ' +
  '-R --remote-time -q --disable -a --append -B --use-ascii -l --list-only -n --netrc --netrc-optional -M --manual ' +
  '-p --proxytunnel -0 --http1.0 --http1.1 --http2 --http2-prior-knowledge --http3 --http3-only --http0.9 -1 --tlsv1 ' +
  '--tlsv1.0 --tlsv1.1 --tlsv1.2 --tlsv1.3 -2 --sslv2 -3 --sslv3 -4 --ipv4 -6 --ipv6 -# --progress-bar -Z --parallel ' +
  '--basic --digest --ntlm --negotiate --anyauth --no-keepalive --no-sessionid --path-as-is --raw --tcp-nodelay ' +
  '--tcp-fastopen --trace-time --trace-ids --ssl --ssl-reqd --ssl-no-revoke --styled-output --no-progress-meter ' +
  '--retry-connrefused --retry-all-errors --post301 --post302 --post303 --create-dirs --cert-status -V --version --tr-encoding';
const IGNORED_VALUES =
  '-b --cookie -c --cookie-jar -o --output --output-dir -D --dump-header -w --write-out -m --max-time --connect-timeout ' +
  '--retry --retry-delay --retry-max-time --max-redirs --cacert --capath -E --cert --cert-type --key --key-type --pass ' +
  '--pinnedpubkey --ciphers --tls13-ciphers --tls-max --curves --resolve --connect-to -x --proxy -U --proxy-user ' +
  '--proxy-header --noproxy --preproxy --socks5 --socks5-hostname --socks4 --socks4a --interface --local-port ' +
  '--limit-rate --max-filesize -C --continue-at -r --range -y --speed-time -Y --speed-limit -z --time-cond --trace ' +
  '--trace-ascii --stderr --unix-socket --abstract-unix-socket --dns-servers --doh-url --keepalive-time --aws-sigv4 ' +
  '--service-name --delegation --etag-save --etag-compare --hsts --alt-svc --netrc-file --proto --proto-default ' +
  '--proto-redir --request-target --crlfile --engine --expect100-timeout --happy-eyeballs-timeout-ms -P --ftp-port ' +
  '-Q --quote -t --telnet-option --variable --rate --create-file-mode --parallel-max --login-options -h --help';

/** Every option by each of its names. */
export const OPTIONS: ReadonlyMap<string, Option> = new Map([
  ...ACTS.flatMap(([names, does, value]) => named(names, { does, value })),
  ...REFUSED.flatMap(([names, why]) => named(names, { does: 'refuse', value: true, ...why })),
  ...named(IGNORED_FLAGS, { does: 'ignore', value: false }),
  ...named(IGNORED_VALUES, { does: 'ignore', value: true }),
]);

function named(names: string, option: Option): [string, Option][] {
  return names.split(' ').map((name) => [name, option]);
}
