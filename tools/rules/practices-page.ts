/** docs/best-practices.md: what the hub asks of an app and why, table by table, and what older systems do instead. */
import type { ProfileFolder } from './load.ts';
import { anchor, escaped } from './page.ts';

/** What a table is about, for people; tables without a title are told by their name. */
const TITLES: Readonly<Record<string, string>> = {
  'oauth authorize': 'Asking for a code',
  'oauth token': 'Redeeming a code, refreshing a token',
  'oauth resource': 'Calling the API',
  'home grant': 'Asking for an accessory',
  'home access': 'Using an accessory through the hub',
  'payments attempt': 'Trying a declined card again',
  'payments access': 'Calling the payments gate',
};

/** How this differs from a setup code on a label and from a bearer code. Each row names the decision behind it. */
const OLDER: readonly (readonly [older: string, here: string, why: string])[] = [
  ['eight digits on a label, the same for ever', 'a code of 160 random bits, good for five minutes, once', '0003'],
  [
    'the code is the key to everything in the house',
    'the code stands for one decision; keys never leave who made them',
    '0014',
  ],
  [
    'a pairing has no limits and no end',
    'capabilities with values and hours, enforced by the hub; or a pairing that goes with its grant',
    '0023',
  ],
  ['whoever reads the code has it', 'a code is bound to the app, its address, its PKCE verifier or its key', '0006'],
  ['a wrong code says "invalid"', 'every check leaves a verdict; the stranger hears only the standard’s error', '0007'],
  ['guessing locks the owner out', 'guesses without the code cost its holder nothing', '0017'],
  ['taking access away is forgetting the app', 'revoking removes the pairing and reads the accessory back', '0029'],
  ['a proxy in the house reads along', 'a redemption can be sealed to the hub’s own key', '0025'],
];

/** The whole page. */
export function practicesPage(profiles: readonly ProfileFolder[], decisions: readonly string[]): string {
  const link = (number: string): string => {
    const file = decisions.find((name) => name.startsWith(`${number}-`));
    if (!file) throw new Error(`expected a decision ${number} in docs/decisions, got none`);
    return `[${number}](decisions/${file})`;
  };
  const lines = [
    '# Best practices',
    '',
    'Written by `npm run docs` from the tables of the profiles; do not edit. Whoever does all of this is never refused; each',
    'line is a rule that is checked, and [the rules](rules.md) say what goes wrong otherwise.',
    '',
    '## How it differs from older systems',
    '',
    '| often | here | decision |',
    '| --- | --- | --- |',
    ...OLDER.map(([older, here, why]) => `| ${older} | ${here} | ${link(why)} |`),
  ];
  for (const { id, tables } of profiles) {
    for (const [action, phases] of Object.entries(tables ?? {})) {
      lines.push(
        '',
        `## ${TITLES[`${id} ${action}`] ?? `${id}: ${action}`}`,
        '',
        '| do | because | source |',
        '| --- | --- | --- |',
      );
      const rules = phases.flatMap((phase) => phase.rules);
      for (const { id: rule, why, cite, causes } of rules) {
        const first = Object.values(causes).flatMap(({ fixes }) =>
          fixes.filter(({ audience }) => audience === 'client'),
        )[0];
        if (first)
          lines.push(
            `| ${escaped(first.say)} ([${rule}](rules.md#${anchor(rule)})) | ${escaped(why)} | ${escaped(cite)} |`,
          );
      }
    }
  }
  return `${lines.join('\n')}\n`;
}
