/** docs/homekit-doctor.md: what goes wrong between a controller and an accessory, by cause and by what a screen says. */
import type { Rule } from '../../src/core/rule.ts';
import type { Fix } from '../../src/core/verdict.ts';
import type { HomeCase } from '../../src/inspectors/home/case.ts';
import { possibleCauses, symptoms } from '../../src/inspectors/home/home.ts';
import { tables } from '../../src/inspectors/home/profile.ts';

const TITLES: Readonly<Record<string, string>> = {
  transcript: 'What was brought',
  code: 'The setup code as it is written',
  discovery: 'Who announces itself',
  connection: 'The way there',
  'pair-setup': 'Pairing',
  'pair-verify': 'Proving a pairing',
  session: 'The session',
  pairings: 'Pairings of others',
  requests: 'What is asked over a session',
  messages: 'What any message can suffer',
  end: 'How it ended',
};

/** The whole page. */
export function doctorPage(): string {
  const rules = tables.transcript.flatMap((phase) => phase.rules);
  const causes = rules.reduce((sum, rule) => sum + Object.keys(rule.causes).length, 0);
  const lines = [
    '# The HomeKit doctor',
    '',
    'Written by `npm run docs` from the rules in `src/inspectors/home`; do not edit. The doctor reads the transcript that the',
    'controller records of every step, or the log of other software, and judges it by every rule. It tells',
    `${causes} causes apart, in the order of the protocol; the first that fails is the one to act on, and the others are shown`,
    'beside it. What cannot be judged says why. What to do is listed from the least to the most destructive.',
    '',
    '## What a screen says',
    '',
    'These words hide several causes. A transcript tells them apart; without one, go through them in this order.',
  ];
  for (const { id, words } of symptoms) {
    lines.push('', `### "${words}"`, '');
    for (const { rule, cause, say } of possibleCauses(words)?.causes ?? named(id)) {
      lines.push(`- ${escaped(say)} ([${rule}/${cause}](#${rule.replaceAll('.', '')}))`);
    }
  }
  for (const phase of tables.transcript) {
    lines.push('', `## ${TITLES[phase.id] ?? phase.id}`);
    for (const rule of phase.rules) lines.push('', ...section(rule));
  }
  return `${lines.join('\n')}\n`;
}

/** Causes of a symptom whose words are no example of themselves. */
function named(id: string): readonly { rule: string; cause: string; say: string }[] {
  const symptom = symptoms.find((one) => one.id === id);
  return (symptom?.causes ?? []).flatMap((name) => {
    const [rule = '', cause = ''] = name.split('/');
    const found = tables.transcript.flatMap((phase) => phase.rules).find((one) => one.id === rule)?.causes[cause];
    return found ? [{ rule, cause, say: found.say }] : [];
  });
}

function section(rule: Rule<HomeCase>): string[] {
  const rows = Object.entries(rule.causes).map(
    ([id, { say, fixes }]) => `| \`${id}\` | ${escaped(say)} | ${fixes.map(told).join('<br>')} |`,
  );
  return [
    `### ${rule.id}`,
    '',
    `- cite: ${escaped(rule.cite)}`,
    `- why: ${escaped(rule.why)}`,
    '',
    '| cause | what it means | what to do |',
    '| --- | --- | --- |',
    ...rows,
  ];
}

function told({ audience, say }: Fix): string {
  return `${audience}: ${escaped(say)}`;
}

function escaped(text: string): string {
  return text.replace(/[\\<>*`[\]|]/g, '\\$&');
}
