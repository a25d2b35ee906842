import { describe, expect, it } from 'vitest';
import { anchorsOf, pageFaults, type Tree } from './links/faults.ts';

const FILES: Readonly<Record<string, string>> = {
  'README.md': '# Top\n',
  'docs/rules.md': '# Rules\n\n#### oauth.code-known\n\n```sh\n# no heading\n```\n',
  'src/a.test.ts': `it('keeps its "word"', f);\nit("the owner's", f);\n`,
};
const tree: Tree = { read: (path) => FILES[path], has: (path) => path in FILES || path === 'docs' };
const faults = (text: string): string[] => pageFaults('docs/page.md', text, tree);

describe('check-links', () => {
  it('finds nothing wrong with a page in order', () => {
    const text = [
      '# A page',
      '[a](../README.md) [b](rules.md#oauthcode-known) [c](#a-page) [d](https://elsewhere.example/x#y)',
      '`docs/rules.md` `docs` `src/a.test.ts` "the owner\'s"',
      '```\n[in a fence](nowhere.md)\n```',
    ];
    expect(faults(text.join('\n\n'))).toEqual([]);
  });

  it.each([
    ['[a](../nowhere.md)', 'the link to ../nowhere.md leads nowhere'],
    ['[a](rules.md#gone)', 'no heading of docs/rules.md is #gone'],
    ['[a](rules.md#no-heading)', 'no heading of docs/rules.md is #no-heading'],
    ['[a](#gone)', 'no heading of docs/page.md is #gone'],
    ['`src/b.ts`', 'there is no src/b.ts'],
    ['`src/a.test.ts` "the owner"', 'src/a.test.ts has no test with the title "the owner"'],
  ])('notices %s', (text, fault) => {
    expect(faults(text)).toEqual([`docs/page.md: ${fault}`]);
  });

  it('makes anchors as code hosts do', () => {
    expect(anchorsOf('## kill -9, whenever it comes\n### `zip` & [a link](x.md) _so_\n')).toEqual([
      'kill--9-whenever-it-comes',
      'zip--a-link-_so_',
    ]);
  });
});
