/** The disambiguation page: all that some words may mean, and what to bring. */
import type { Disambiguation } from '../../inspectors/hap-51/hap-51.ts';
import type { Line, Style } from './line.ts';
import { blanks, span, wrapWords } from './text.ts';

/** The page as lines. */
export function renderReadings(page: Disambiguation, style: Style): Line[] {
  const wrapped = (text: string, indent: number, tone: Line[number]['tone']): Line[] =>
    wrapWords(span(style, text).text, style.width - indent).map((t) => [blanks(indent), span(style, t, tone)]);
  return [
    [span(style, page.title, 'strong')],
    ...page.readings.flatMap((reading, i): Line[] => [
      [],
      ...wrapped(reading.who, 4, 'strong').map(
        (line, l): Line => (l === 0 ? [span(style, `${String(i + 1).padStart(2)}. `), ...line.slice(1)] : line),
      ),
      ...wrapped(reading.means, 4, 'plain'),
      ...(reading.becauseOf === undefined ? [] : wrapped(`because of your words: ${reading.becauseOf}`, 4, 'faint')),
      ...wrapped(`bring: ${reading.bring}`, 4, 'faint'),
      ...wrapped(
        `then: ${reading.command}${reading.judged === 'now' ? '' : '   (told apart, not judged yet)'}`,
        4,
        'id',
      ),
    ]),
    [],
    ...wrapped(page.ask, 0, 'caution'),
  ];
}
