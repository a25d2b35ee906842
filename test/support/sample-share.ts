/** The pages of sharing with sample data; part of `sample-pages.ts`. */
import type { Verdict } from '../../src/core/verdict.ts';
import type { Signed } from '../../src/server/pages/layout.ts';
import { SHARE_PATHS, shareMadePage, sharePage } from '../../src/server/pages/share.ts';
import { shareGonePage, shareOpenPage } from '../../src/server/pages/share-open.ts';
import { refusalOf } from '../../src/server/share-document.ts';
import { SHARE_MS, SHARE_PARTS, type ShareView } from '../../src/server/share-shapes.ts';

const TOKEN = 'q3Zk0c5mYt1Wb8uR2vX7aLd9Hf4JgEoPiNsT6yKzQwM';

/** A share of a verdict, as its page lists it. */
export function sampleShare(t: (text: string) => string, verdict: Verdict): ShareView & { readonly csrf: string } {
  return {
    id: 'sh_7F3K9QD2XA4B2K9A2B4C5D6E7F',
    verdict: verdict.id,
    by: t('ada'),
    at: verdict.at,
    until: verdict.at + SHARE_MS,
    with: ['values', 'app'],
    csrf: t('c5rf-end'),
  };
}

/** Sample pages by name; the facts of `verdict` are changed already. */
export function sampleSharePages(
  t: (text: string) => string,
  { hub, signed, verdict }: { readonly hub: string; readonly signed: Signed; readonly verdict: Verdict },
): Readonly<Record<string, string>> {
  const reference = verdict.id.slice(3);
  const preview = { hub, signed, reference, csrf: t('c5rf-share'), seal: 'x'.repeat(43) };
  const until = verdict.at + SHARE_MS;
  const open = { hub, until, receipt: SHARE_PATHS.receipt + TOKEN, keys: SHARE_PATHS.keys };
  const made = { hub, signed, reference, until, path: SHARE_PATHS.open + TOKEN };
  return {
    share: sharePage({ ...preview, with: [], refusal: refusalOf(verdict, []) }),
    'share-all': sharePage({ ...preview, with: SHARE_PARTS, refusal: refusalOf(verdict, SHARE_PARTS), changed: true }),
    'share-full': sharePage({
      ...preview,
      with: [],
      refusal: refusalOf(verdict, []),
      problem: t('expected fewer than 1000 live links: end some, counterfoil share list'),
    }),
    'share-made': shareMadePage({ ...made, link: `http://localhost:5151${made.path}` }),
    'share-open': shareOpenPage({ ...open, refusal: refusalOf(verdict, []) }),
    'share-open-all': shareOpenPage({ ...open, refusal: refusalOf(verdict, SHARE_PARTS) }),
    'share-ended': shareGonePage({ hub, ended: true }),
    'share-unknown': shareGonePage({ hub, ended: false }),
  };
}
