/** What lists and pages show of this profile's, and call it. What people are told at the counter stands in `words.ts`. */
import { type Column, causesOf, type Fact, type ProfileWords } from '../../core/column.ts';
import type { Facts, Value } from '../../core/model.ts';
import type { Phase } from '../../core/rule.ts';
import type { Past, PaymentsCase } from './case.ts';
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

/** The attempt that was judged, and the answer before it at this merchant. Of the card no more than its fingerprint. */
function facts(snapshot: unknown): readonly Fact[] {
  const { attempt, history = [], newFacts = [] } = (snapshot ?? {}) as Partial<PaymentsCase>;
  if (attempt === undefined) return [];
  const { amount, purchase, initiator, network, processor, region, card } = attempt;
  const last = history.findLast(({ near, outcome }) => near !== 'card' && outcome !== 'pending');
  return [
    ['Amount', amount],
    ...(purchase === undefined ? [] : [['Purchase', purchase] as const]),
    ['Initiated by', initiator],
    ['Network', network],
    ['Processor', processor],
    ['Region', region ?? 'not said'],
    ['Card', card],
    ['Last answer', last === undefined ? 'none at this merchant' : answerText(last)],
    ...(newFacts.length === 0 ? [] : [['New facts', newFacts.map(({ kind }) => kind)] as const]),
  ];
}

/** `declined with 51, advice 02, at 2026-09-20T12:00:00.000Z` */
function answerText({ outcome, code, mac, at, respondedAt }: Past): string {
  const said = [
    code === undefined ? outcome : `${outcome} with ${code}`,
    ...(mac === undefined ? [] : [`advice ${mac}`]),
  ];
  return `${said.join(', ')}, at ${new Date(respondedAt ?? at).toISOString()}`;
}

/** A merchant's settings, by their names in the grant's terms. */
const SETTINGS: ReadonlyMap<string, (value: Value) => Fact> = new Map([
  ['hold_hours', (hours) => ['After a decline for funds', `wait ${hours} hours`]],
  ['advice_may_shorten', (may) => ['The network’s advice', `${may === true ? 'may' : 'does not'} shorten that`]],
  ['same_purchase', (what) => ['The same purchase', `${what === 'close' ? 'closed' : 'warned of'} in Visa’s 12 hours`]],
  ['lease_seconds', (seconds) => ['An answer may take', `${seconds} seconds`]],
]);

function terms(set: Facts): readonly Fact[] {
  return Object.entries(set).map(([name, value]) => SETTINGS.get(name)?.(value) ?? [name, value]);
}

/** This profile in words. */
export const words: ProfileWords = {
  profile: 'payments',
  name: 'Payments',
  actions: { attempt: 'to try a card', access: 'the payments gate' },
  columns,
  people: {
    client: 'the merchant',
    owner: 'the customer',
    operator: 'whoever runs the gate',
    issuer: 'the issuer of the card',
  },
  grants: {
    holder: 'Merchant',
    may: 'ask the gate whether a declined card may be tried again',
    terms,
    decided: 'Let in',
    did: 'let in',
    key: 'key',
    toll: [
      'The gate answers the merchant with 401 from then on, and what is under way can no longer be recorded.',
      'What is known of its cards stays. To be served again it has to be let in anew: counterfoil payments merchant add <merchant>.',
    ],
    more: 'counterfoil payments merchant key <merchant>',
  },
  hears: 'the merchant',
  heard: { attempt: 'every rule that is closed, until when, what to do, and what to tell the customer' },
  passed: {
    attempt: 'no rule is closed: this attempt may be sent',
    access: 'the key is a living one of this merchant',
  },
  counts: 'within 30 days, which makes no wait longer',
  facts,
  causes: causesOf(tables as Readonly<Record<string, readonly Phase<never>[]>>),
};
