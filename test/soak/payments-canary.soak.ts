/** 10,000 card numbers through every way into the hub: none is in a file, a backup, an answer, a list, or printed. */
import { canaryCases } from '../support/payments-canary.cases.ts';
import { ROUNDS } from './rounds.ts';

canaryCases(10_000 * ROUNDS);
