/** A hub with one app and two people, and what a browser does there. */
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, REDIRECT_URI } from '../support/outside.ts';
import { formsOf, PASSWORD, type Page } from '../support/visitor.ts';

/** The app, and the name of the session's cookie. */
export const APP = 'my_app_123';
export const SESSION = 'counterfoil_session';

/** Starts it, on a clock that stands still. */
export async function hubWithPeople(): Promise<{ t: TestHub; clock: ReturnType<typeof heldClock> }> {
  const clock = heldClock();
  const t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP, { name: 'Lamp & <Co>' });
  await t.hub.operations.addUser('ada', PASSWORD);
  await t.hub.operations.addUser('bob', PASSWORD);
  return { t, clock };
}

/** Where an app sends the browser. */
export function authorizePath(extra: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: APP,
    redirect_uri: REDIRECT_URI,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    state: 's',
    ...extra,
  });
  return `/authorize?${query}`;
}

/** The hidden fields of the consent form. */
export function consentOf(page: Page): Readonly<Record<string, string>> {
  return formsOf(page).find((form) => form.action === '/authorize')?.fields ?? {};
}
