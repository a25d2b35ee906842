/** All pages of the console, one line for each file. */
import type { Route } from '../../protocols/http/exchange.ts';
import type { PageDeps } from '../visit.ts';
import { assetRoutes } from './assets.ts';
import { refusalRoutes } from './refusals.ts';
import { verdictRoutes } from './verdict.ts';

/** Their routes. */
export function consoleRoutes(deps: PageDeps): readonly Route[] {
  return [...refusalRoutes(deps), ...verdictRoutes(deps), ...assetRoutes(deps.assets)];
}
