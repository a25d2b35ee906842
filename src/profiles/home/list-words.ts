/** What lists of refusals show of this profile's, and call it. What a person is asked for stands in `words.ts`. */
import { type Column, causesOf, type ProfileWords } from '../../core/column.ts';
import type { Phase } from '../../core/rule.ts';
import { tables } from './profile.ts';

/** What a list shows of a verdict of this profile. */
const columns: readonly Column[] = [
  { id: 'app', label: 'App', path: 'subject', format: 'fact' },
  { id: 'asked', label: 'Asked for', path: 'action', format: 'action' },
  { id: 'source', label: 'From', path: 'source', format: 'fact', operator: true },
  { id: 'accessory', label: 'Accessory', path: 'snapshot.request.accessory', format: 'fact', operator: true },
  {
    id: 'characteristic',
    label: 'What of it',
    path: 'snapshot.request.characteristic',
    format: 'fact',
    operator: true,
  },
];

/** This profile in words. */
export const words: ProfileWords = {
  profile: 'home',
  name: 'Home',
  actions: { grant: 'a part of the home', access: 'an accessory' },
  columns,
  causes: causesOf(tables as Readonly<Record<string, readonly Phase<never>[]>>),
};
