/**
 * A page that says "still due" asks the list of grants whether it still is, and is loaded anew once it is not. No device is
 * asked for this. Where it does not run, the page is loaded again by hand.
 */

const EVERY_MS = 2_000;
/** Then nobody is looking any more. */
const FOR_MS = 1_800_000;
const LIST = '/grants?state=due';
const OWED = /data-owed="([^"]*)"/;

const mine = document.querySelector('[data-owed]')?.getAttribute('data-owed')?.split(' ') ?? [];
const until = Date.now() + FOR_MS;

async function look(): Promise<void> {
  if (Date.now() > until) return;
  if (!document.hidden && (await settled().catch(() => false))) location.reload();
  else setTimeout(look, EVERY_MS);
}

/** Is something of this page owed no more, or in another way? A page that is no list, when the session has ended, says nothing. */
async function settled(): Promise<boolean> {
  const answer = await fetch(LIST, { redirect: 'error' });
  const owed = OWED.exec(await answer.text())?.[1]?.split(' ');
  return owed !== undefined && mine.some((one) => !owed.includes(one));
}

if (mine.length > 0) setTimeout(look, EVERY_MS);
