/** What lists of refusals show of this profile's, and call it. What people are told at the counter stands in `words.ts`. */
import { type Column, causesOf, type ProfileWords } from '../../core/column.ts';
import type { Phase } from '../../core/rule.ts';
import { tables } from './profile.ts';

/** What a list shows of a verdict of this profile. */
const columns: readonly Column[] = [
  { id: 'app', label: 'App', path: 'subject', format: 'fact' },
  { id: 'asked', label: 'Asked for', path: 'action', format: 'action' },
  { id: 'source', label: 'From', path: 'source', format: 'fact', operator: true },
  { id: 'amount', label: 'Amount, smallest unit', path: 'snapshot.attempt.amount', format: 'fact', operator: true },
  { id: 'network', label: 'Network', path: 'snapshot.attempt.network', format: 'fact', operator: true },
  { id: 'card', label: 'Card', path: 'snapshot.attempt.card', format: 'fact', operator: true },
];

/** This profile in words. */
export const words: ProfileWords = {
  profile: 'payments',
  name: 'Payments',
  actions: { attempt: 'to try a card', access: 'the payments gate' },
  columns,
  causes: causesOf(tables as Readonly<Record<string, readonly Phase<never>[]>>),
};
