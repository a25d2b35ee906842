/** The `Cookie` reader of the pages, behind the sessions of a hub. */
import { createSecretKey } from 'node:crypto';
import { createSessions, type Sessions } from '../src/server/session.ts';
import { openMemory } from '../src/store/memory/open.ts';
import { law, type Target } from './target.ts';

const SESSION = 'counterfoil_session';
const VISIT = 'counterfoil_visit';

interface Signed {
  readonly sessions: Sessions;
  readonly id: string;
  readonly visit: string;
  readonly csrf: string;
}
let signed: Promise<Signed> | undefined;

/** One signed-in person, and one open sign-in page. The values are random, so inputs name them `<id>` and `<visit>`. */
async function signedIn(): Promise<Signed> {
  const clock = (): number => 1_800_000_000_000;
  const key = createSecretKey(Buffer.alloc(32, 2));
  const sessions = createSessions({ ...openMemory({ clock }), clock, key, secure: false });
  const sentValue = (setCookie: string): string => /=([^;]*)/.exec(setCookie)?.[1] ?? '';
  const { setCookie, csrf } = sessions.visit(undefined);
  const opened = await sessions.open('ada', undefined);
  return { sessions, id: sentValue(opened.setCookie), visit: sentValue(setCookie), csrf };
}

/** The value that a header gives a name once; said in another way than the reader under test does. */
function onlyValue(header: string, name: string): string | undefined {
  const found = `;${header}`.split(`${name}=`).slice(1);
  const values = header
    .split(';')
    .flatMap((part) => (part.trimStart().startsWith(`${name}=`) ? [part.trim().slice(name.length + 1)] : []));
  return found.length >= 1 && values.length === 1 && header.length <= 16_384 ? values[0] : undefined;
}

const SET_VISIT =
  /^counterfoil_visit=[A-Za-z0-9_-]{22}\.\d{1,16}\.[A-Za-z0-9_-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/;

/** The `Cookie` reader behind `Sessions`: only the cookie itself signs in, and nothing else signs anybody out. */
export const COOKIES: Target = {
  name: 'cookies',
  seeds: () => [
    ...[
      `${SESSION}=<id>`,
      `a=b; ${SESSION}=<id>; ${VISIT}=<visit>`,
      `${VISIT}=<visit>`,
      `${SESSION}=<id>; ${SESSION}=x`,
    ],
    ...[
      `${SESSION}="<id>"`,
      `__Host-${SESSION}=<id>`,
      `${SESSION}=`,
      '',
      ';;;',
      '=',
      `${VISIT}=a.1.b`,
      `${VISIT}=a.b.c.d`,
    ],
    ...[`${'a=b; '.repeat(700)}${SESSION}=<id>`, `${VISIT}=<visit>.more`, `${SESSION}=<id>;${VISIT}=<visit>`],
  ],
  pieces: [
    ...[
      `${SESSION}=`,
      `${VISIT}=`,
      '<id>',
      '<visit>',
      ';',
      '; ',
      '=',
      ' ',
      '\t',
      ',',
      '"',
      '.',
      '\0',
      '\u00a0',
      '\ufeff',
    ],
    ...[
      '__Host-',
      '__Secure-',
      '$Path=/',
      '%3D',
      '\u00e9',
      '\ud800',
      'a=b; '.repeat(100),
      'x'.repeat(2_000),
      'counterfoil_',
    ],
  ],
  async run(input) {
    signed ??= signedIn();
    const { sessions, id, visit, csrf } = await signed;
    const header = input.replaceAll('<id>', id).replaceAll('<visit>', visit);
    const carries = onlyValue(header, SESSION) === id;
    law(((await sessions.read(header))?.user === 'ada') === carries, 'only the cookie itself signs in');
    law(carries || (await sessions.close(header)).setCookie.length < 100, 'signing out is short');
    law((await sessions.read(`${SESSION}=${id}`)) !== undefined, 'nobody is signed out by what others send');
    const open = onlyValue(header, VISIT) === visit;
    law(sessions.visitHolds(header, csrf) === open, 'only the page that was opened holds');
    const next = sessions.visit(header);
    law(SET_VISIT.test(next.setCookie) && next.csrf.length === 43, 'what is set is ours alone');
    law((next.csrf === csrf) === open, 'a page is kept or made anew');
    return carries ? 'signed in' : open ? 'page open' : 'nobody';
  },
};
