import { afterAll, beforeAll, it } from 'vitest';
import { openPostgres } from '../../src/store/postgres/open.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { compareLives } from './model.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

it('memory and postgres give the same answers and keep the same rows', { timeout: 240_000 }, () =>
  compareLives(async (clock) => openPostgres({ ...server.place(), clock }), 40),
);
