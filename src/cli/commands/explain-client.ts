/** Explains an application: is it set up so that codes can be redeemed, and safely. */
import { type Check, checklist, type Fix } from '../../core/verdict.ts';
import type { AppView } from '../../server/operations.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { renderChecklist } from '../render/checklist.ts';
import { renderChecks } from '../render/checks.ts';
import { mark, span } from '../render/text.ts';

/** Exit 0 when nothing is wrong, 1 when some redemption must fail. */
export async function explainClient(cli: Cli, id: string): Promise<ExitCode> {
  const app = await (await cli.operations()).showApp(id);
  const checks = checksOf(app);
  const outcome = (['fail', 'warn'] as const).find((worst) => checks.some((c) => c.outcome === worst)) ?? 'pass';
  const ok = outcome !== 'fail';
  if (cli.json) cli.printJson({ kind: 'client', ok, app, checks, checklist: checklist(checks) });
  else {
    const { style } = cli;
    const todos = renderChecklist(checklist(checks), style);
    cli.print([
      [mark(style, outcome, TONES[outcome]), span(style, ` ${app.id}`, 'id'), span(style, `  ${app.name}`)],
      [],
      ...renderChecks([{ id: 'set up', outcome, children: checks }], style, true),
      ...(todos.length > 0 ? [[], ...todos] : []),
    ]);
  }
  return ok ? EXIT.ok : EXIT.refused;
}

const TONES = { pass: 'good', warn: 'caution', fail: 'bad' } as const;

/** The self-check of one application, in the order in which a redemption would fail. */
function checksOf(app: AppView): Check[] {
  const edit = `counterfoil app edit ${app.id}`;
  const off = app.scopes.filter((s) => !s.enabled).map((s) => s.name);
  const allOff = off.length === app.scopes.length;
  const plain = app.redirectUris.filter((uri) => /^http:\/\/(?!localhost[:/]|127\.0\.0\.1[:/]|\[::1\][:/])/.test(uri));
  return [
    judge('type-and-method', (app.type === 'public') === (app.authMethod === 'none'), {
      presented: `${app.type}, ${app.authMethod}`,
      say: 'the app type (public or confidential) does not fit how the app proves itself',
      fix: `${edit} --public --auth-method none, or --confidential --auth-method client_secret_basic`,
    }),
    judge('secret-kept', app.hasSecret === (app.type === 'confidential'), {
      presented: app.hasSecret ? 'a secret' : 'no secret',
      say: app.hasSecret
        ? 'a public app cannot keep a secret'
        : 'a confidential app has no secret to prove itself with',
      fix: app.hasSecret ? `${edit} --public --auth-method none` : `${edit} --rotate-secret`,
    }),
    judge('redirect-uris-registered', app.redirectUris.length > 0, {
      presented: app.redirectUris.join(' '),
      say: 'no redirect URI is registered, so no code can be sent anywhere',
      fix: `${edit} --redirect-uri <uri>`,
    }),
    judge('redirect-uris-private', plain.length === 0, {
      presented: plain.join(' ') || 'https, loopback or an app scheme',
      say: 'codes sent to plain http can be read on the way',
      fix: `${edit} --redirect-uri <https uri>`,
      warn: true,
    }),
    judge('codes-allowed', app.grantTypes.includes('authorization_code'), {
      presented: app.grantTypes.join(' '),
      say: 'the app may not redeem authorization codes',
      fix: `${edit} --grant-type authorization_code`,
    }),
    judge('scopes-included', app.scopes.length > 0, {
      presented: app.scopes.map((s) => s.name).join(' '),
      say: 'no scope is included, so every request is refused',
      fix: `${edit} --scope <name>`,
    }),
    judge('scopes-enabled', off.length === 0, {
      presented: off.join(' ') || 'all',
      say: allOff
        ? 'every scope is switched off, so every request is refused'
        : 'scopes that are included but switched off are refused',
      fix: `${edit}${off.map((name) => ` --enable-scope ${name}`).join('')}`,
      warn: !allOff,
    }),
    judge('pkce-asked', app.exceptions?.withoutPkce !== true, {
      presented: app.exceptions?.withoutPkce ? 'not asked for' : 'asked for',
      say: 'a stolen code can be redeemed by anybody: PKCE is not asked for',
      fix: `${edit} --with-pkce`,
      warn: true,
    }),
  ];
}

interface Judged {
  readonly presented: string;
  readonly say: string;
  readonly fix: string;
  readonly warn?: boolean;
}

function judge(id: string, holds: boolean, { presented, say, fix, warn }: Judged): Check {
  if (holds) return { id, outcome: 'pass', presented };
  const fixes: Fix[] = [{ audience: 'operator', say: fix }];
  return { id, outcome: warn ? 'warn' : 'fail', presented, cause: { id, say, fixes } };
}
