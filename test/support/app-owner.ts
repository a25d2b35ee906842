/** A person in charge of Trusted Applications, by the forms of their pages. */
import { appPath } from '../../src/server/pages/app-fields.ts';
import { formsOf, type Page, type Visitor } from './visitor.ts';

/** Fields of a form. */
export type Fields = Readonly<Record<string, string>>;

/** A secret as the hub makes them. */
export const SECRET: RegExp = /cfs_[\w-]{43}/;

/**
 * What a form of a page sends unless something is typed or ticked: its hidden fields, without any box.
 *
 * @param does the form's field `do`, or its action where it has none
 * @throws when the page has no such form
 */
export function hiddenOf(page: Page, does: string): Fields {
  const form = formsOf(page).find((one) => (one.fields['do'] ?? one.action) === does);
  if (!form) throw new Error(`expected a form that does ${does}, got a page with status ${page.status}`);
  const { csrf = '' } = form.fields;
  const rows = Object.entries(form.fields).filter(([name]) => /^scope-\d+$/.test(name));
  return { csrf, ...(does !== form.action && { do: does }), ...Object.fromEntries(rows) };
}

/** Opens an application's page and sends one of its forms. */
export async function change(who: Visitor, id: string, does: string, fields: Fields): Promise<Page> {
  const page = await who.get(does === 'remove' ? `${appPath(id)}?ask=remove` : appPath(id));
  return who.post(appPath(id), { ...hiddenOf(page, does), ...fields });
}

/** Registers an application by its form; a public one unless `kind` says otherwise. */
export async function register(who: Visitor, fields: Fields): Promise<Page> {
  return who.post('/apps/new', { ...hiddenOf(await who.get('/apps/new'), '/apps/new'), kind: 'public', ...fields });
}

/** The words of a page. */
export function words({ html }: Page): string {
  return html
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}
