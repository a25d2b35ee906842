/** `counterfoil/store`: the port, and the adapters that keep it. */
export { openMemory } from './memory/open.ts';
export type * from './port.ts';
export { openPostgres } from './postgres/open.ts';
export type { Registered, Registrable, Registry } from './registry.ts';
export { openSqlite } from './sqlite/open.ts';
