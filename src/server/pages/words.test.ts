import { describe, expect, it } from 'vitest';
import { render } from './html.ts';
import { advice, ruleTitle } from './words.ts';

describe('advice', () => {
  it.each([
    ['compare with the list: counterfoil app list', 'Compare with the list: <code>counterfoil app list</code>.'],
    [
      'or register it: counterfoil app edit <id> --redirect-uri …',
      'Or register it: <code>counterfoil app edit &lt;id&gt; --redirect-uri …</code>',
    ],
    [
      'mint one: counterfoil home transfer, or counterfoil home reset',
      'Mint one: <code>counterfoil home transfer</code>, or <code>counterfoil home reset</code>.',
    ],
    ['send <b>redirect_uri</b>', 'Send &lt;b&gt;redirect_uri&lt;/b&gt;.'],
  ])('sets the commands of “%s” as code, and nothing of it as markup', (words, expected) => {
    expect(render(advice(words))).toBe(expected);
  });
});

describe('the name of a rule', () => {
  it.each([
    ['oauth.redirect-uri-registered', 'Redirect URI registered'],
    ['oauth.dpop-fresh', 'DPoP fresh'],
    ['hap.setup-code', 'Setup code'],
  ])('%s is “%s”', (id, title) => expect(ruleTitle(id)).toBe(title));
});
