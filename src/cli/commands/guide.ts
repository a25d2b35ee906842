/** `counterfoil guide [words…]`: what a rule is for, its causes, and what to do about each. Needs no hub and no data. */
import type { Command } from 'commander';
import { type GuideCause, type GuideRule, guideAbout, guideFor } from '../../server/guide.ts';
import { hearerOf, peopleOf } from '../../server/words.ts';
import { action } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT } from '../exit.ts';
import { teach } from '../help.ts';
import type { Line, Style } from '../render/line.ts';
import { renderTable } from '../render/table.ts';
import { blanks, span } from '../render/text.ts';

/** Registers the command. */
export function registerGuide(program: Command, environment: Environment): void {
  const command = program
    .command('guide [words...]')
    .description('what a rule is for, its causes and what to do; or the rules that have these words');
  command.action(
    action(environment, async (cli, _options, args) => {
      const words = args.join(' ');
      const rule = guideFor(words);
      const found = rule ? [rule] : guideAbout(words);
      if (found.length === 0) {
        cli.say(`no rule has all of these words: ${words}`);
        return EXIT.refused;
      }
      if (cli.json) cli.printJson(found);
      else if (found.length === 1 && found[0]) cli.print(ruleLines(found[0], cli.style));
      else cli.print(renderTable(found, COLUMNS, cli.style));
      return EXIT.ok;
    }),
  );
  teach(command, {
    examples: ['guide redirect-uri-registered', 'guide invalid_grant', 'guide blank in the code', 'guide'],
    json: '[{id, book, cite, why, judged: […], causes: [{id, say, heard: […], warns?, counts?, fixes: [{audience, say}]}]}]',
  });
}

const COLUMNS = [
  { label: 'rule', tone: 'id', whole: true, text: (rule: GuideRule) => rule.id },
  { label: 'what it is for', text: (rule: GuideRule) => rule.why },
] as const;

function ruleLines({ id, cite, why, judged, causes }: GuideRule, style: Style): Line[] {
  return [
    [span(style, id, 'id'), blanks(2), span(style, cite, 'faint')],
    [blanks(2), span(style, why)],
    [blanks(2), span(style, `judged at ${judged.join(', ')}`, 'faint')],
    ...causes.flatMap((cause) => [[], ...causeLines(cause, id, style)]),
  ];
}

function causeLines({ id, say, heard, warns, counts, fixes }: GuideCause, rule: string, style: Style): Line[] {
  const people = peopleOf(rule);
  const who = hearerOf(rule);
  const notes = [
    ...(heard.length > 0 ? [`${who} hears ${heard.join(' or ')}`] : []),
    ...(warns ? ['a warning, nothing is refused for it'] : []),
    ...(counts ? ['counts against the code'] : []),
  ];
  return [
    [span(style, id, 'strong'), blanks(2), span(style, say)],
    ...(notes.length > 0 ? [[blanks(2), span(style, notes.join('; '), 'faint')]] : []),
    ...fixes.map((fix, i) => [blanks(2), span(style, `${i + 1}. ${people[fix.audience]}: ${fix.say}`)]),
  ];
}
