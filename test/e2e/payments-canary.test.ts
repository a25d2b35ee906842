/** No card number lands anywhere; the soak does it with ten times as many. */
import { canaryCases } from '../support/payments-canary.cases.ts';

canaryCases(1_000);
