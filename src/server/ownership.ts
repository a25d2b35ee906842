/** Changes of ownership: additional controller, transfer, reset. */
import type { Act } from '../profiles/home/case.ts';

const ACTS: readonly string[] = ['additional', 'transfer', 'reset'] satisfies readonly Act[];

/** Is this the name of a change of ownership? */
export function isAct(text: string | undefined): text is Act {
  return text !== undefined && ACTS.includes(text);
}
