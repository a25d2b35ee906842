/** Shows where a presented value departs from the expected one. */
import { isMoment } from '../../core/show.ts';
import type { Line, Style } from './line.ts';
import { graphemes, span } from './text.ts';

/** The presented value; the stretch between the common beginning and the common end stands out. */
export function differing(expected: string | undefined, presented: string, style: Style): Line {
  if (presented === '') return [span(style, 'nothing', 'differs')];
  if (expected === undefined || expected === presented) return [span(style, presented)];
  if (isMoment(expected) && isMoment(presented)) return [span(style, presented, 'differs')];
  const a = graphemes(expected);
  const b = graphemes(presented);
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  // two values with little in common are two values, not one with a fault in it
  if ((head + tail) * 2 < shorter) return [span(style, presented, 'differs')];
  const parts: Line = [
    span(style, b.slice(0, head).join('')),
    span(style, b.slice(head, b.length - tail).join(''), 'differs'),
    span(style, tail > 0 ? b.slice(-tail).join('') : ''),
  ];
  return parts.filter((part) => part.text !== '');
}
