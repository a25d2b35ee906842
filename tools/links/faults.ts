/** What is wrong with a Markdown page: links, anchors, paths and named tests that are not there. Pure. */
import { posix } from 'node:path';

/** The checkout, as far as pages speak of it. Paths are from the top folder, with slashes. */
export interface Tree {
  /** Text of a file, undefined when there is none. */
  read(path: string): string | undefined;
  /** Is there a file or folder? */
  has(path: string): boolean;
}

/** A link to a place of ours: `[text](target)`, images too. */
const LINK = /\]\(([^()\s]+)\)/g;
/** A path in backticks that names something of ours. */
const PATH = /`((?:src|test|tools|docs|examples|fuzz|bench)\/[\w./-]*)`/g;
/** A test as a proof: its file in backticks, then its title in quotes. */
const PROOF = /`([\w./-]+\.ts)` "([^"]+)"/g;

/** Faults of the page at `path`, one line each. */
export function pageFaults(path: string, text: string, tree: Tree): string[] {
  const prose = withoutFences(text);
  const at = (fault: string): string => `${path}: ${fault}`;
  const here: Tree = {
    has: (other) => other === path || tree.has(other),
    read: (other) => (other === path ? text : tree.read(other)),
  };
  return [
    ...matches(prose, LINK).flatMap(([target = '']) => linkFault(path, target, here).map(at)),
    ...matches(prose, PATH).flatMap(([named = '']) => (tree.has(named) ? [] : [at(`there is no ${named}`)])),
    ...matches(prose, PROOF).flatMap(([file = '', title = '']) => {
      const source = tree.read(file);
      const there = source !== undefined && ["'", '"', '`'].some((q) => source.includes(q + title + q));
      return there ? [] : [at(`${file} has no test with the title "${title}"`)];
    }),
  ];
}

/** Anchors of a page's headings, as code hosts make them. */
export function anchorsOf(text: string): string[] {
  return matches(withoutFences(text), /^#{1,6} +(.+)$/gm).map(([heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function linkFault(path: string, target: string, tree: Tree): string[] {
  if (/^[a-z]+:/.test(target)) return [];
  const [file = '', anchor] = target.split('#', 2);
  const found = file === '' ? path : posix.join(posix.dirname(path), file);
  if (!tree.has(found)) return [`the link to ${target} leads nowhere`];
  if (anchor === undefined) return [];
  return anchorsOf(tree.read(found) ?? '').includes(anchor) ? [] : [`no heading of ${found} is #${anchor}`];
}

function withoutFences(text: string): string {
  return text.replaceAll(/^ *```[^\n]*\n[\s\S]*?^ *```$/gm, '');
}

function matches(text: string, pattern: RegExp): string[][] {
  return [...text.matchAll(pattern)].map((match) => match.slice(1));
}
