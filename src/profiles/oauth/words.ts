/** What lists of refusals show of this profile's, and call it. */
import { type Column, causesOf, type ProfileWords } from '../../core/column.ts';
import type { Phase } from '../../core/rule.ts';
import { tables } from './profile.ts';

/** What a list shows of a verdict of this profile. */
const columns: readonly Column[] = [
  { id: 'app', label: 'App', path: 'subject', format: 'fact' },
  { id: 'asked', label: 'Asked for', path: 'action', format: 'action' },
  { id: 'source', label: 'From', path: 'source', format: 'fact', operator: true },
];

/** This profile in words. */
export const words: ProfileWords = {
  profile: 'oauth',
  name: 'OAuth',
  actions: { token: 'tokens', authorize: 'consent', resource: 'the API' },
  columns,
  causes: causesOf(tables as Readonly<Record<string, readonly Phase<never>[]>>),
};
