/** Strangers at the token endpoint; `npm run soak` has the same with 10⁵ of them. */
// proves: X10
import { strangerCases } from './lockout-strangers.ts';

strangerCases(2_000);
