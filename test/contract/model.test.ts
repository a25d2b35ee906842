import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { compareLives } from './model.ts';

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-model-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

it('memory and sqlite give the same answers and keep the same rows', { timeout: 120_000 }, () =>
  compareLives(async (clock) => openSqlite({ path: join(folder, `${++files}.db`), clock }), 150),
);
