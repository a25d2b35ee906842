/** What the person in charge does with users. The rules of it are in `users.ts`; here mistakes become sentences. */
import { NotFoundError, OperationError, type Operations } from './operations.ts';
import type { ChangeUser, Users } from './users.ts';

/** The operations on users. */
export function userOperations(users: Users): Pick<Operations, 'addUser' | 'listUsers' | 'setUserRole' | 'removeUser'> {
  return {
    async addUser(name, password, developerOf) {
      // over the admin socket a missing argument comes as null
      const added = await users.add(name, password, developerOf ?? undefined);
      if (added.outcome === 'added') return { name: added.name };
      throw new OperationError(added.outcome === 'busy' ? 'the hub is busy: try again' : added.say);
    },
    listUsers: () => users.list(),
    async setUserRole(name, developerOf) {
      done(name, await users.setRole(name, developerOf));
      return { name };
    },
    async removeUser(name) {
      return { removed: name, sessions: done(name, await users.remove(name)) };
    },
  };
}

function done(name: string, change: ChangeUser): number {
  if (change.outcome === 'done') return change.sessions;
  if (change.outcome === 'refused') throw new OperationError(change.say);
  throw new NotFoundError(`nobody here is called ${name.slice(0, 64)}: counterfoil user list`);
}
