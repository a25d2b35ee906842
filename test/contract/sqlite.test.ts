import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { storeContract } from './store.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-contract-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

storeContract('sqlite', async (clock) => openSqlite({ path: join(folder, `${++files}.db`), clock }));
