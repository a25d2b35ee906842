import { afterAll, beforeAll } from 'vitest';
import { openPostgres } from '../../src/store/postgres/open.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { storeContract } from './store.contract.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

storeContract('postgres', async (clock) => openPostgres({ ...server.place(), clock }));
