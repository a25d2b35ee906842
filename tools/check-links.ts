/**
 * Proves that the documents speak of things that are there: relative links and their anchors, paths of ours in
 * backticks, and tests named as proofs (`file.ts` "title"). Addresses elsewhere are not fetched.
 *
 *     node tools/check-links.ts
 */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pageFaults, type Tree } from './links/faults.ts';
import { ROOT } from './run.ts';

const PAGES = ['*.md', '{docs,examples,src,test,tools,fuzz,bench}/**/*.md'];

const tree: Tree = {
  has: (path) => existsSync(join(ROOT, path)),
  read: (path) => {
    const file = join(ROOT, path);
    return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
  },
};

const pages = globSync(PAGES, { cwd: ROOT }).map((path) => path.replaceAll('\\', '/'));
const faults = pages.toSorted().flatMap((path) => pageFaults(path, tree.read(path) ?? '', tree));
for (const fault of faults) console.error(fault);
console.log(`${pages.length} pages, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
