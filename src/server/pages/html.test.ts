import { describe, expect, it } from 'vitest';
import { HOSTILE } from '../../../test/support/hostile.ts';
import { samplePages } from '../../../test/support/sample-pages.ts';
import { asShown, html, render, visible } from './html.ts';

const text = (value: string): string => render(html`<p>${value}</p>`);

describe('html', () => {
  it.each(HOSTILE)('leaves no markup of a hostile string standing: %j', (payload) => {
    const inner = text(payload).slice('<p>'.length, -'</p>'.length);
    expect(inner).not.toMatch(/[<>"'`\0]/);
    const attribute = render(html`<input value="${payload}">`);
    expect(attribute.match(/"/g)).toHaveLength(2);
    expect(attribute.slice('<input value="'.length, -2)).not.toMatch(/[<>"'`\0]/);
  });

  it('escapes an entity that is there already, so that it is read as it was written', () => {
    expect(text('&lt;b&gt;')).toBe('<p>&amp;lt;b&amp;gt;</p>');
  });

  it('takes Html as it is, and nothing that only looks like it', () => {
    expect(render(html`<p>${html`<b>${'<'}</b>`}</p>`)).toBe('<p><b>&lt;</b></p>');
    const forged = JSON.parse('{"html":"<script>"}');
    expect(render(html`<p>${forged}</p>`)).toBe('<p>[object Object]</p>');
  });

  it('leaves nothing for undefined, null, false and the empty string, and joins lists', () => {
    expect(render(html`<p>${[undefined, null, false, '', 'a', 1, html`<i></i>`]}</p>`)).toBe('<p>a1<i></i></p>');
  });

  it('throws for a value in an unquoted attribute, a tag or an attribute name', () => {
    expect(() => html`<a title=${'x'}>`).toThrow('outside of text');
    expect(() => html`<${'script'}>`).toThrow('outside of text');
    expect(() => html`<a ${'onclick'}="x">`).toThrow('outside of text');
  });

  it('throws for markup inside an attribute, and for script, style and comments', () => {
    expect(() => html`<a title="${html`"`}">`).toThrow('inside an attribute');
    expect(() => html`<script>${'x'}</script>`).toThrow('no script');
    expect(() => html`<style>${'x'}</style>`).toThrow('no script');
    expect(() => html`<!-- ${'x'} -->`).toThrow('no script');
  });

  it.each(['javascript:alert(1)', '//evil.example', '/\\evil.example', 'https://evil.example', ' /x', '/\tx', ''])(
    'throws for an address that is no path of this hub: %j',
    (address) => {
      const link = (): string => render(html`<a href="${address}">x</a>`);
      if (address === '') expect(link()).toBe('<a href="">x</a>');
      else expect(link).toThrow('path of this hub');
      if (address !== '') expect(() => html`<form action='${address}'>`).toThrow('path of this hub');
    },
  );

  it('takes a path of this hub as an address, escaped', () => {
    expect(render(html`<a href="${'/r/x?a=1&b="2'}">x</a>`)).toBe('<a href="/r/x?a=1&amp;b=&quot;2">x</a>');
  });
});

describe('visible and asShown', () => {
  it('draw control, invisible and direction-changing characters', () => {
    expect(visible('a\u202eb\u0000c\u001b[31md')).toBe('a⟨U+202E⟩b⟨U+0000⟩c⟨U+001B⟩[31md');
    expect(asShown('a\u202eb⟨U+0000⟩c␠')).toBe('a⟨U+202E⟩b⟨U+0000⟩c␣');
  });

  it('does not let a raw string pass for a drawn one', () => {
    expect(visible('x␣')).not.toBe(asShown('x␠'));
    expect(visible('⟨U+202E⟩')).toContain('⟨U+27E8⟩');
  });

  it('shows at most the limit and counts the rest', () => {
    expect(visible('x'.repeat(12), 10)).toBe(`${'x'.repeat(10)}… (2 more)`);
  });
});

describe('every page', () => {
  const clean = samplePages((fact) => `${fact}zz`);

  it.each(HOSTILE)('has the same markup whatever the facts are: %j', (payload) => {
    const tainted = samplePages((fact) => `${fact}${payload}`);
    for (const [name, page] of Object.entries(tainted)) {
      expect(tagsOf(page), name).toEqual(tagsOf(clean[name] ?? ''));
    }
  });

  it.each(['\u202e', '\u2066', '\u200b', '\0', '\u001b', '\u009b', '\ufeff', '\u00ad'])(
    'never carries the character itself: %j',
    (character) => {
      const tainted = samplePages((fact) => `${character}${fact}`);
      for (const [name, page] of Object.entries(tainted)) {
        const displayed = page.replaceAll(/ (?:value|data-[a-z]+)="[^"]*"/g, '');
        expect(displayed.includes(character), name).toBe(false);
      }
    },
  );
});

/** Tags and attribute names, in order; what differs with the facts (values, lit characters, links) is left out. */
function tagsOf(page: string): string[] {
  const tags = [...page.matchAll(/<\/?[a-z][a-z0-9]*(?: [a-z-]+(?:="[^"]*")?)*/gi)].map(([tag]) =>
    tag.replaceAll(/="[^"]*"/g, ''),
  );
  return tags.filter((tag) => !/^<\/?(?:mark|a)\b/.test(tag));
}
