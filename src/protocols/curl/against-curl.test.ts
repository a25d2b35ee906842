/**
 * The reader against curl itself: the same command is run by bash and a real curl against a server on 127.0.0.1, and
 * what arrives must be what was read. Needs curl and bash, which the reader itself never does.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headerOf } from '../http-text/message.ts';
import { readCurl } from './read.ts';

const COMMANDS = [
  "curl URL/token -d 'grant_type=authorization_code ' -d 'code=hap5.1-authcode: x8G3pQ2vR9mN7kL1 '",
  `curl URL/token --data-raw '@a' --data-binary "b=\\"c\\"" -d $'d=\\x41\\n\\u00e9'`,
  "curl URL/token --data-urlencode 'code=hap5.1-authcode: x/+&=é' --data-urlencode '=a b' --data-urlencode \"x'y(z)*!~\"",
  'curl -u app:s3cret URL/token -da=b -H "X-Two:  blanks  "',
  'curl -u "app:pässword:with colon" -XPUT URL/a/../b/./c --path-as-is -d ""',
  "curl -G 'URL/authorize?x=1' -d a=b --data-urlencode 'c=d e'",
  "curl -G 'URL/authorize?' -d a=b",
  'curl --json \'{"a":1}\' --json \'{"b":2}\' URL/token',
  "curl URL/token -H 'Content-Type: text/plain' -H 'X-Empty;' -H 'Accept:' -d a=b",
  "curl URL/token -H 'Content-Type:' -d a=b",
  "curl 'URL/cb?a=b#fragment'",
  'curl URL -I',
  'curl --oauth2-bearer tok -A agent/1 -e http://from/ URL/me',
  "curl URL/token \\\n  -sS \\\n  -d 'a=b&c=d' \\\n  # the end",
  'curl URL/token -d a=b --url-query q=1',
];

interface Seen {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const hasCurl = spawnSync('curl', ['--version']).status === 0 && spawnSync('bash', ['--version']).status === 0;

describe.skipIf(!hasCurl)(
  'a command is read as the request that curl sends (skipped where curl or bash is missing)',
  () => {
    let server: Server;
    let origin = '';
    const arrived: Seen[] = [];

    beforeAll(async () => {
      server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const { method = '', url: target = '', headers } = request;
          arrived.push({ method, target, headers, body: Buffer.concat(chunks).toString('utf8') });
          response.end('ok');
        });
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });

    afterAll(() => new Promise<void>((done) => server.close(() => done())));

    it.each(COMMANDS)('%s', async (template) => {
      const command = template.replace('URL', origin);
      arrived.length = 0;
      const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', no_proxy: '*' };
      const running = promisify(execFile)('bash', ['--norc', '-c', command.replace('curl', 'curl -q -s')], { env });
      running.child.stdin?.end();
      await running;
      const seen = arrived[0];
      expect(arrived.length).toBe(1);
      const read = readCurl(command);
      if (!read.ok) throw new Error(`unread: ${read.came}`);
      const { method, target, headers, body } = read.request;
      expect({ method, target, body }).toEqual({ method: seen?.method, target: seen?.target, body: seen?.body });
      // what curl adds by itself (its own name, Accept, the length) is not part of what was asked for
      for (const [name, value] of headers)
        expect(seen?.headers[name.toLowerCase()], name).toBe(value === '' ? '' : utf8(value));
      for (const name of ['authorization', 'content-type']) {
        expect(headerOf(read.request, name)).toBe(seen?.headers[name]);
      }
    });
  },
);

/** node:http hands header bytes out as Latin-1. */
function utf8(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1');
}
