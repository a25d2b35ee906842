/** What `--db` may name: the file of a SQLite database, or the URL of a PostgreSQL one, which can hold a password. */
import { statSync } from 'node:fs';
import { OperationError } from './operations.ts';

/** Is it a PostgreSQL database, whose nodes may be many? Everything else is a file. */
export function isPostgres(db: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(db);
}

const UNREADABLE = 'postgres://…';

/** Refuses a URL that can be read in two ways. @throws OperationError */
export function expectReadable(db: string): void {
  if (databaseName(db) === UNREADABLE)
    throw new OperationError(
      'expected a URL like postgres://user@host:5432/database, got one that can be read in two ways: write special characters of the password as %XX (@ is %40, # is %23, / is %2F, ? is %3F)',
    );
}

/** Parameters of a URL that are secrets (libpq, "Parameter Key Words"). */
const SECRETS: readonly string[] = ['password', 'sslpassword'];

/**
 * The name that may be shown, logged and hashed: a file as it is, a URL without its password. Of a URL that can be read
 * in two ways nothing is shown, because part of what looks like a host may be a password.
 */
export function databaseName(db: string): string {
  if (!isPostgres(db)) return db;
  const url = URL.parse(db);
  const rest = url ? url.pathname + url.search + url.hash : '@';
  if (!url || rest.includes('@') || url.hash !== '') return UNREADABLE;
  for (const name of SECRETS) url.searchParams.delete(name);
  const user = url.username === '' ? '' : `${url.username}@`;
  const port = url.port === '' || url.port === '5432' ? '' : `:${url.port}`;
  return `postgres://${user}${url.hostname}${port}${url.pathname}${url.search}`;
}

/** What to say of a file that others than its owner may open; undefined where all is well. Windows has no modes. */
export function openToOthers(file: string): string | undefined {
  const mode = statSync(file).mode & 0o777;
  if (process.getuid === undefined || (mode & 0o077) === 0) return undefined;
  return `${file} may be opened by others than its owner (mode ${mode.toString(8)}): it holds names, addresses and what was refused; chmod 600 it`;
}

/** The text with the URL and its secrets taken out, for faults of libraries that may quote them. */
export function withoutPassword(text: string, db: string): string {
  if (!isPostgres(db)) return text;
  const named = text.replaceAll(db, databaseName(db));
  return secretsOf(db).reduce((all, secret) => all.replaceAll(secret, '…'), named);
}

/** Does it hold a password, for everybody to see who may list this machine's processes? */
export function hasPassword(db: string): boolean {
  return isPostgres(db) && (secretsOf(db).length > 0 || databaseName(db) === UNREADABLE);
}

/** As they are spelled in the URL, and as what they mean. */
function secretsOf(db: string): readonly string[] {
  const url = URL.parse(db);
  const secrets = url ? [url.password, ...SECRETS.map((name) => url.searchParams.get(name) ?? '')] : [];
  return secrets.flatMap((secret) => [secret, decoded(secret)]).filter((secret) => secret !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
