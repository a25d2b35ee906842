/** `/guide` and `/guide/<rule>`: what each rule is for, for everybody who is signed in. Texts of rules are no secret. */
import type { Outgoing, Route } from '../../protocols/http/exchange.ts';
import { guide, guideAbout } from '../guide.ts';
import { guidePage, guideRulePage } from '../pages/guide.ts';
import { PATHS } from '../pages/layout.ts';
import { absent, forAnyone, frame, html, type PageDeps, queryOf, type Visit } from '../visit.ts';

/** Longest question that is looked for; more of it is not looked at. */
const WORDS_LENGTH_MAX = 200;

/** The guide. */
export function guideRoutes(deps: PageDeps): readonly Route[] {
  return [
    { method: 'GET', path: PATHS.guide, handle: forAnyone(deps, list) },
    { method: 'GET', path: `${PATHS.guide}/:rule`, handle: forAnyone(deps, one) },
  ];
}

function list(visit: Visit): Outgoing {
  const words = (queryOf(visit.request).get('q') ?? '').trim().slice(0, WORDS_LENGTH_MAX);
  return html(200, guidePage({ ...frame(visit), words, rules: guideAbout(words) }));
}

function one(visit: Visit): Outgoing {
  const id = visit.request.path.slice(PATHS.guide.length + 1);
  const rule = guide().find((known) => known.id === id);
  return rule ? html(200, guideRulePage({ ...frame(visit), rule })) : absent(visit);
}
