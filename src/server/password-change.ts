/** Changing one's own password: the current one is asked for, and a wrong one counts as a failed sign-in. */
import type { Registry } from '../store/registry.ts';
import type { Hasher } from './passwords.ts';
import { changeRecord } from './records.ts';
import { passwordFault, type User, type Users } from './users.ts';

/** What changing a password works on. */
export interface PasswordChangeDeps {
  readonly registry: Registry;
  readonly users: Pick<Users, 'signIn'>;
  readonly hasher: Hasher;
}

/** What is asked for; `source` is the address that it came from. */
export interface PasswordChange {
  readonly user: string;
  readonly current: string;
  readonly next: string;
  readonly source: string;
}

/** How it ended; `say` is for the person. */
export type PasswordChanged =
  | { readonly outcome: 'changed' }
  | { readonly outcome: 'refused'; readonly about: 'current' | 'next'; readonly say: string }
  | { readonly outcome: 'wait' | 'busy'; readonly retryAfterSeconds: number };

/** Changes it. Sessions stay open: ending them is the caller's. */
export async function changePassword(
  { registry, users, hasher }: PasswordChangeDeps,
  { user, current, next, source }: PasswordChange,
): Promise<PasswordChanged> {
  const refused = (about: 'current' | 'next', say: string): PasswordChanged => ({ outcome: 'refused', about, say });
  const fault = passwordFault(user, next);
  if (fault !== undefined) return refused('next', fault);
  if (next.normalize('NFC') === current.normalize('NFC'))
    return refused('next', 'expected another password than the current one');
  const before = await registry.get<User>('user', user);
  const judged = await users.signIn({ name: user, password: current, source });
  if (judged.outcome === 'wrong') return refused('current', 'that is not your current password');
  if (judged.outcome !== 'in') return judged;
  const passwordHash = await hasher.hash(next);
  if (passwordHash === 'busy') return { outcome: 'busy', retryAfterSeconds: 2 };
  // Only the hash that was judged is replaced, or that of it by today's parameters: who was removed meanwhile stays removed,
  // and of two who change it at once the second one knows an old password.
  const old = before?.body.passwordHash ?? '';
  const kept = await changeRecord<User | undefined>(registry, 'user', user, (now) =>
    now && (now.passwordHash === old || hasher.stale(old)) ? { ...now, passwordHash } : now,
  );
  return kept?.passwordHash === passwordHash
    ? { outcome: 'changed' }
    : refused('current', 'that is not your current password');
}
