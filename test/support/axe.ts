/** axe-core in a page under test: what it finds, as one line for each element. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** Every rule of axe, best practices among them. The page's scripts must be on. */
export async function axeFinds(tab: Page): Promise<string[]> {
  // Handed to the engine and not to the page, so that no CSP has to be weaker for it.
  await tab.evaluate(AXE);
  const violations = await tab.evaluate<Violation[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)',
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${target.join(' ')})`));
}
