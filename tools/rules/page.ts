/** docs/rules.md: the rules as a page, in the order in which they are judged. */
import type { Rule } from '../../src/core/rule.ts';
import type { ProfileFolder } from './load.ts';

/** The whole page. A rule that stands in several tables is written out in the first, and linked from the others. */
export function rulesPage(profiles: readonly ProfileFolder[]): string {
  const lines = [
    '# Rules',
    '',
    'Written by `npm run docs` from the rule files; do not edit. Every rule that can be judged is judged; the first that',
    'fails, top to bottom, decides what the client hears.',
  ];
  const written = new Set<string>();
  for (const profile of profiles) {
    for (const [action, phases] of Object.entries(profile.tables ?? {})) {
      lines.push('', `## ${profile.id}: ${action}`);
      for (const phase of phases) {
        lines.push('', `### ${profile.id}: ${action}: ${phase.id}`);
        for (const rule of phase.rules) {
          if (written.has(rule.id)) lines.push('', `[${rule.id}](#${anchor(rule.id)}), as above.`);
          else lines.push('', ...section(rule));
          written.add(rule.id);
        }
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function section(rule: Rule<never>): string[] {
  const lines = [
    `#### ${rule.id}`,
    '',
    `- cite: ${escaped(rule.cite)}`,
    `- refusal: \`${rule.refusal}\``,
    `- why: ${escaped(rule.why)}`,
  ];
  for (const [id, cause] of Object.entries(rule.causes)) {
    const counts = rule.counts?.includes(id) ? ' (counts against the code)' : '';
    lines.push(`- cause \`${id}\`${counts}: ${escaped(cause.say)}`);
    for (const fix of cause.fixes) lines.push(`  - ${fix.audience}: ${escaped(fix.say)}`);
  }
  return lines;
}

/** GitHub's anchor of a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

/** Text that means nothing to Markdown, in a table too. */
export function escaped(text: string): string {
  return text.replace(/[\\<>*`[\]|]/g, '\\$&');
}
