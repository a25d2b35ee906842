/** A grant's life: decided, issued, presented, refused, ended, one line each, oldest first; then what devices owe. */

import type { Code } from '../../core/model.ts';
import { show } from '../../core/show.ts';
import type { Verdict } from '../../core/verdict.ts';
import { effectWords } from '../../profiles/home/effects.ts';
import type { Timeline } from '../../server/operations.ts';
import { type ClockAt, isEndless } from '../../server/standing.ts';
import { grantWords, termsOf } from '../../server/words.ts';
import { age, clock, day, duration } from './age.ts';
import { came } from './came.ts';
import { codeState, effectState, grantState, purposeWords, type Shown } from './code-state.ts';
import { sentences } from './consequence.ts';
import { ruleName, shortId } from './id.ts';
import type { Line, Span, Style } from './line.ts';
import { blanks, displayWidth, lineWidth, mark, padLine, span, wrapLine } from './text.ts';

/** A short id and two blanks. */
const ID_WIDTH = 15;
/** Columns the last part needs to be worth standing beside; otherwise it goes below, under the sign. */
const SAY_LEAST = 20;
const SAY_INDENT = 20;

interface Event {
  readonly at: number;
  readonly sign: Span;
  readonly what: Span;
  readonly id: string;
  readonly say: Line;
}

/** The life as lines. */
export function renderTimeline(life: Timeline, style: Style, at: ClockAt): Line[] {
  const { grant, effects } = life;
  const { now } = at;
  const state = grantState(grant, now);
  const terms =
    termsOf(grant)?.map(([label, value]) => `${label}: ${value}`) ??
    Object.entries(grant.terms).map(([name, value]) => `${name} ${show(value)}`);
  const did = grantWords(grant.profile)?.did ?? 'decided for';
  const events = eventsOf(life, style, at);
  return [
    [span(style, shortId(grant.id), 'id'), blanks(2), span(style, state.word, state.tone)],
    [blanks(2), span(style, `${grant.by} ${did} ${grant.to} · ${age(grant.from, now)}`, 'faint')],
    ...terms.map((term): Line => [blanks(2), span(style, term, 'faint')]),
    [],
    ...eventLines(events, style, grant.from),
    ...(effects.length > 0 ? [[], [span(style, 'On devices', 'strong')] as Line] : []),
    ...effects.flatMap((effect): Line[] => {
      const shown = effectState(effect);
      const why = effect.lastError ? `, ${effect.attempts} tried: ${effect.lastError}` : '';
      const { alarm } = effectWords(effect);
      return [
        [blanks(2), span(style, `${effect.kind} on ${effect.target}  `), span(style, shown.word + why, shown.tone)],
        ...(alarm === undefined ? [] : [[blanks(4), span(style, alarm, 'bad')] as Line]),
      ];
    }),
  ];
}

function eventsOf({ grant, codes, verdicts }: Timeline, style: Style, at: ClockAt): Event[] {
  const did = grantWords(grant.profile)?.did;
  const events: Event[] = [
    {
      at: grant.from,
      sign: mark(style, 'event', 'strong'),
      what: span(style, did ?? 'decided', 'strong'),
      id: '',
      say: [span(style, did === undefined ? `by ${grant.by} for ${grant.to}` : `${grant.to}, by ${grant.by}`)],
    },
    ...codes.map((code) => issued(code, codeState(code, { ...at, grant }), style)),
    ...verdicts.map((verdict) => presented(verdict, style)),
  ];
  if (grant.endedAt !== undefined) {
    events.push({
      at: grant.endedAt,
      sign: mark(style, 'event', 'bad'),
      what: span(style, 'revoked', 'bad'),
      id: '',
      say: [span(style, `${grant.endedBy ?? ''}: everything issued for it died with it`)],
    });
  }
  return events.sort((a, b) => a.at - b.at);
}

function issued(code: Code, state: Shown, style: Style): Event {
  return {
    at: code.from,
    sign: mark(style, 'issued', 'faint'),
    what: span(style, purposeWords(code.purpose)),
    id: code.id,
    say: [span(style, `${lifetime(code)}, now `, 'faint'), span(style, state.word, state.tone)],
  };
}

function lifetime(code: Code): string {
  return isEndless(code) ? 'until it is revoked' : `for ${duration(code.until - code.from)}`;
}

function presented(verdict: Verdict, style: Style): Event {
  const { word, tone, mark: sign, because } = came(verdict);
  const by = `${verdict.refusal ?? ''} by ${ruleName(verdict.decisive ?? '')}, ${verdict.cause ?? ''}`;
  const why = verdict.ok ? [] : [because ?? by];
  const times = verdict.times > 1 ? [`${verdict.times} times`] : [];
  return {
    at: verdict.at,
    sign: mark(style, sign, tone),
    what: span(style, `${verdict.action} ${word}`, tone),
    id: verdict.id,
    say: [span(style, [...why, ...times, ...sentences(verdict.consequence ?? {}, style, verdict.profile)].join(' · '))],
  };
}

function eventLines(events: readonly Event[], style: Style, from: number): Line[] {
  const what = Math.max(...events.map((e) => displayWidth(e.what.text)));
  let shownDay = '';
  return events.flatMap((event): Line[] => {
    const today = day(event.at, style);
    const head: Line[] = today === shownDay ? [] : [[blanks(1), span(style, today, 'faint')]];
    shownDay = today;
    const after = `+${duration(event.at - from)}`.padStart(7);
    const start: Line = [
      span(style, ` ${clock(event.at, style)} ${after} `, 'faint'),
      event.sign,
      blanks(1),
      ...padLine([event.what], what + 2),
      ...padLine([span(style, shortId(event.id), 'id')], ID_WIDTH),
    ];
    if (event.say.every((s) => s.text === '')) return [...head, start];
    const rest = style.width - lineWidth(start);
    const beside = wrapLine(event.say, Math.max(1, rest));
    if (rest >= SAY_LEAST && beside.length <= 2) return [...head, ...hang(start, beside, lineWidth(start))];
    return [
      ...head,
      start,
      ...wrapLine(event.say, style.width - SAY_INDENT).map((l): Line => [blanks(SAY_INDENT), ...l]),
    ];
  });
}

function hang(start: Line, rest: readonly Line[], indent: number): Line[] {
  return rest.map((line, i) => (i === 0 ? [...start, ...line] : [blanks(indent), ...line]));
}
