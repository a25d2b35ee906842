/** The one list of what an accessory answers to (HAP §6.9 table 6-14). */
import type { HttpMessage } from '../http-messages.ts';
import { handleAccessories, handlePrepare, handleRead, handleWrite } from './characteristics.ts';
import { HAP_STATUS } from './database.ts';
import { type Answer, type Handler, type Host, refusal, type Session, type Task } from './host.ts';
import type { SetupDesk } from './pair-setup.ts';
import { handlePairVerify } from './pair-verify.ts';
import { handlePairings } from './pairings.ts';

/** POST /identify (HAP §6.7.7): for whoever holds the device in hand, before it is paired. */
const handleIdentify: Handler = (host) => ({
  point: 'identify',
  run: () => {
    if (host.keeper.current().pairings.length > 0) return refusal(400, HAP_STATUS.insufficientPrivileges);
    host.identify();
    return { status: 204 };
  },
});

const ROUTES: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/identify': { POST: handleIdentify },
  '/pair-verify': { POST: handlePairVerify },
  '/pairings': { POST: handlePairings },
  '/accessories': { GET: handleAccessories },
  '/characteristics': { GET: handleRead, PUT: handleWrite },
  '/prepare': { PUT: handlePrepare },
};

/** Finds the task of a request: 404 for another path, 405 for another method. */
export function route(host: Host, desk: SetupDesk, session: Session, request: HttpMessage): Task | Answer {
  const path = request.target.split('?', 1)[0] ?? '';
  const methods =
    path === '/pair-setup' ? { POST: desk.handle } : Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (methods === undefined) return refusal(404, HAP_STATUS.doesNotExist);
  const handler = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
  return handler === undefined ? refusal(405, HAP_STATUS.invalidValue) : handler(host, session, request);
}
