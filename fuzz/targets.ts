/** Everything that is fuzzed in process, one reader at a time. Over a socket: `listener.fuzz.ts`. */
import { ACCESSORIES } from './accessories.ts';
import { ADMIN_LINES } from './admin-lines.ts';
import { ARTEFACTS } from './artefacts.ts';
import { SEALED, SIGNED_CODE } from './codes.ts';
import { COOKIES } from './cookies.ts';
import { DOCTOR } from './doctor.ts';
import { DPOP } from './dpop.ts';
import { HAP } from './hap.ts';
import { HAP_ACCESSORY, HAP_REQUESTS } from './hap-accessory.ts';
import { AUTHORIZATION } from './headers.ts';
import { HOME } from './home.ts';
import { PAYMENTS } from './payments.ts';
import type { Target } from './target.ts';

export { corpusOf } from './target.ts';

/** All targets. */
export const TARGETS: readonly Target[] = [
  ...ARTEFACTS,
  DPOP,
  AUTHORIZATION,
  COOKIES,
  ADMIN_LINES,
  SIGNED_CODE,
  SEALED,
  ...ACCESSORIES,
  ...HAP,
  ...HOME,
  DOCTOR,
  HAP_ACCESSORY,
  HAP_REQUESTS,
  ...PAYMENTS,
];
