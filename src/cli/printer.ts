/** Prints refusals as they happen: the whole tree beside the demo, a line each without it. */
import type { Verdict } from '../core/verdict.ts';
import type { Cli } from './cli.ts';
import type { Demo } from './demo/demo.ts';
import { clock } from './render/age.ts';
import { came } from './render/came.ts';
import { reference, ruleName, shortId } from './render/id.ts';
import type { Line } from './render/line.ts';
import { span } from './render/text.ts';
import { renderVerdict } from './render/verdict.ts';

/** Trees printed of what strangers send, at most this many in a window; lines after that. */
const TREES = { most: 6, inMs: 10_000 } as const;

/** Told of every verdict. */
export interface Printer {
  /** Beside which trees are printed, and what it sends itself is left to it. */
  demo?: Demo;
  verdict(verdict: Verdict): void;
}

/** Makes one. */
export function createPrinter(cli: Cli): Printer {
  const { style } = cli;
  const shown = new Set<string>();
  let window = { from: 0, trees: 0 };
  const printer: Printer = {
    verdict(verdict) {
      if (verdict.ok || printer.demo?.busy()) return;
      if (verdict.at - window.from > TREES.inMs) window = { from: verdict.at, trees: 0 };
      const tree = printer.demo && !shown.has(verdict.id) && window.trees < TREES.most;
      if (shown.size > 10_000) shown.clear();
      shown.add(verdict.id);
      if (!tree) return cli.print([refusalLine(verdict)]);
      window.trees += 1;
      cli.print([...renderVerdict(verdict, style, { now: verdict.at }), []]);
    },
  };
  const refusalLine = (verdict: Verdict): Line => {
    const { word, tone, because } = came(verdict);
    const why = because ?? `${verdict.refusal ?? ''}  ${ruleName(verdict.decisive ?? '')}/${verdict.cause ?? ''}`;
    return [
      span(style, `${clock(verdict.at, style)}  `, 'faint'),
      span(style, word.padEnd(9), tone),
      span(style, shortId(verdict.id), 'id'),
      span(style, `  ${verdict.subject ?? '-'}  ${why}  /r/${reference(verdict.id)}`),
    ];
  };
  return printer;
}
