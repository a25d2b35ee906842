/** A person's browser without a screen: follows the hub's pages by their forms, keeps cookies, runs no script. */

/** Everybody's password in tests. */
export const PASSWORD = 'three random words';

/** A page as it came. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where an answer without a page sends the browser, as it stands in `Location`. */
  readonly location?: string;
}

/** A form of a page. */
export interface PageForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The visitor. Redirects are never followed by themselves. */
export interface Visitor {
  /** By name; what the hub set, as a browser would send it. */
  readonly cookies: Map<string, string>;
  get(path: string): Promise<Page>;
  /** Posts fields as a form. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Page>;
  /** Fills in a page's form and sends it. @throws when the page has no form with that action */
  submit(page: Page, action: string, fields: Readonly<Record<string, string>>): Promise<Page>;
}

/** A visitor of the hub at `origin`, with no cookies yet. */
export function visitor(origin: string): Visitor {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit): Promise<Page> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie !== '' && { cookie }), ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(new URL(path, origin), { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      html: await response.text(),
      ...(location !== null && { location }),
    };
  };
  const post: Visitor['post'] = (path, fields, headers = {}) =>
    send(path, { method: 'POST', headers, body: new URLSearchParams(fields) });
  return {
    cookies,
    get: (path) => send(path, {}),
    post,
    submit(page, action, fields) {
      const form = formsOf(page).find((one) => one.action === action);
      if (!form) throw new Error(`expected a form for ${action}, got a page with status ${page.status}`);
      return post(action, { ...form.fields, ...fields });
    },
  };
}

/** The forms of a page, with the values that stand in them. */
export function formsOf({ html }: Page): PageForm[] {
  return [...html.matchAll(/<form[^>]* action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map(([, action = '', inside = '']) => {
    const inputs = [...inside.matchAll(/<input[^>]*>/g)].map(([tag]) => [
      attribute(tag, 'name'),
      attribute(tag, 'value'),
    ]);
    return { action: decoded(action), fields: Object.fromEntries(inputs) as Record<string, string> };
  });
}

function attribute(tag: string, name: string): string {
  return decoded(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };

function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#96);/g, (_, name: string) => ENTITIES[name] ?? '');
}

/** Signs in, from the page that asked for it. @throws unless the hub lets the person in */
export async function signIn(browser: Visitor, page: Page, name: string, password: string): Promise<Page> {
  const answer = await browser.submit(page, '/login', { name, password });
  if (answer.status !== 303 || answer.location === undefined)
    throw new Error(`expected a way in, got ${answer.status}`);
  return browser.get(answer.location);
}

/** A visitor who has signed in at the hub at `origin`. */
export async function signedIn(origin: string, name = 'ada'): Promise<Visitor> {
  const person = visitor(origin);
  await signIn(person, await person.get('/login'), name, PASSWORD);
  return person;
}
