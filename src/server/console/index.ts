/** All pages of the console, one line for each file. */
import type { Route } from '../../protocols/http/exchange.ts';
import type { PageDeps } from '../visit.ts';
import { accessoryRoutes } from './accessories.ts';
import { assetRoutes } from './assets.ts';
import { auditRoutes } from './audit.ts';
import { oneGrantRoutes } from './grant.ts';
import { grantRoutes } from './grants.ts';
import { guideRoutes } from './guide.ts';
import { mintRoutes } from './mint.ts';
import { profileRoutes } from './profile.ts';
import { refusalRoutes } from './refusals.ts';
import { setupRoutes } from './setup.ts';
import { shareRoutes } from './share.ts';
import { verdictRoutes } from './verdict.ts';

/** Their routes. */
export function consoleRoutes(deps: PageDeps): readonly Route[] {
  return [
    ...refusalRoutes(deps),
    ...verdictRoutes(deps),
    ...shareRoutes(deps),
    ...guideRoutes(deps),
    ...grantRoutes(deps),
    ...oneGrantRoutes(deps),
    ...mintRoutes(deps),
    ...accessoryRoutes(deps),
    ...auditRoutes(deps),
    ...profileRoutes(deps),
    ...setupRoutes(deps),
    ...assetRoutes(deps.assets),
  ];
}
