/** Everything that is fuzzed in process, one reader at a time. Over a socket: `listener.fuzz.ts`. */
import { ADMIN_LINES } from './admin-lines.ts';
import { ARTEFACTS } from './artefacts.ts';
import { COOKIES } from './cookies.ts';
import { DPOP } from './dpop.ts';
import { AUTHORIZATION } from './headers.ts';
import type { Target } from './target.ts';

export { corpusOf } from './target.ts';

/** All targets. */
export const TARGETS: readonly Target[] = [...ARTEFACTS, DPOP, AUTHORIZATION, COOKIES, ADMIN_LINES];
