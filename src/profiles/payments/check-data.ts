/** Checks the rules data when it is loaded: a file that is edited wrong stops the program, and says where. */
import type { RulesData, Sourced } from './data-types.ts';

const CONFIDENCE: readonly unknown[] = ['primary', 'secondary', 'general', 'ours'];
const CLASSES: readonly unknown[] = ['approved', 'funds', 'technical', 'fix-data', 'never', 'ask-issuer', 'unknown'];
const NEAR: readonly unknown[] = ['key', 'amount', 'merchant', 'card'];
const KINDS: readonly unknown[] = ['new-card', 'account-updater', '3-d-secure', 'corrected-data', 'issuer-approved'];

type Row = Readonly<Record<string, unknown>>;
type Test = (value: unknown) => boolean;

const text: Test = (v) => typeof v === 'string' && v.trim() !== '';
const count: Test = (v) => Number.isSafeInteger(v) && (v as number) > 0;
const flag: Test = (v) => typeof v === 'boolean';
const oneOf =
  (list: readonly unknown[]): Test =>
  (v) =>
    list.includes(v);
const listOf =
  (test: Test): Test =>
  (v) =>
    Array.isArray(v) && v.length > 0 && v.every(test);
const recordOf =
  (test: Test): Test =>
  (v) =>
    typeof v === 'object' && v !== null && !Array.isArray(v) && Object.values(v).every(test);
const or =
  (...tests: readonly Test[]): Test =>
  (v) =>
    tests.some((test) => test(v));
const none: Test = (v) => v === null;
const absent: Test = (v) => v === undefined;
const date: Test = (v) => typeof v === 'string' && /^\d{4}-\d\d-\d\d$/.test(v) && !Number.isNaN(Date.parse(v));

const classed: Test = (v) => recordOf(oneOf(CLASSES))(v) && Object.keys(v as Row).join() === 'class';
const meanings: Test = recordOf(or(text, none, classed));
const regions: Test = or(none, listOf(text));
const kinds: Test = (v) => Array.isArray(v) && v.every(oneOf(KINDS));

const SOURCED: Readonly<Record<keyof Sourced, Test>> = {
  source: text,
  edition: text,
  confidence: oneOf(CONFIDENCE),
  validFrom: or(none, date),
  validTo: or(none, date),
};

/** What each member of a row must be; no other member may stand there. */
const SHAPES: Readonly<Record<keyof RulesData, Readonly<Record<string, Test>>>> = {
  classes: { class: oneOf(CLASSES), clears: kinds },
  codes: {
    class: oneOf(CLASSES),
    codes: recordOf(text),
    networks: or(absent, listOf(text)),
    clears: or(absent, kinds),
    reach: or(absent, oneOf(['merchant', 'card'])),
    discreet: or(absent, flag),
  },
  categories: { category: oneOf([1, 2, 3, 4]), codes: listOf(text), regions },
  advice: {
    codes: recordOf(text),
    act: oneOf(['wait', 'never', 'fix-data', 'note']),
    waitMs: or(absent, count),
    class: oneOf(CLASSES),
  },
  limits: {
    id: text,
    network: text,
    counts: oneOf(['declines', 'reattempts']),
    limit: count,
    windowHours: count,
    per: oneOf(NEAR),
    regions,
    except: or(absent, listOf(text)),
  },
  fees: {
    network: text,
    reason: oneOf(['reattempts', 'attempts', 'stop-payment', 'optimizer']),
    regions,
    minor: count,
    currency: text,
  },
  networks: { network: text, limits: oneOf(['published', 'none published']) },
  holds: { id: text, stepsMs: listOf(count), exempt: or(absent, listOf(text)) },
  dialects: {
    processor: text,
    names: listOf(text),
    raw: flag,
    pad: or(count, oneOf([0])),
    responses: meanings,
    rawAdvice: flag,
    advice: meanings,
  },
  suffixes: { processor: or(none, text), word: text, means: text, codes: or(none, listOf(text)) },
};

/**
 * The data, checked.
 *
 * @throws Error that names list, row and member of the first fault
 */
export function checkData(data: Readonly<Record<keyof RulesData, readonly unknown[]>>): RulesData {
  for (const [name, shape] of Object.entries(SHAPES)) {
    const list = data[name as keyof RulesData];
    if (!Array.isArray(list) || list.length === 0) throw new Error(`rules data: expected a list ${name} with entries`);
    for (const [index, row] of list.entries()) checkRow(`${name}[${index}]`, row, { ...SOURCED, ...shape });
  }
  return data as RulesData;
}

function checkRow(where: string, row: unknown, shape: Readonly<Record<string, Test>>): void {
  if (typeof row !== 'object' || row === null) throw new Error(`rules data: ${where}: expected an entry`);
  const members = row as Row;
  for (const [member, test] of Object.entries(shape)) {
    if (!test(members[member]))
      throw new Error(`rules data: ${where}.${member}: got ${JSON.stringify(members[member])}`);
  }
  for (const member of Object.keys(members)) {
    if (!(member in shape)) throw new Error(`rules data: ${where}: no member ${member} is known`);
  }
  const { validFrom, validTo } = members;
  if (typeof validFrom === 'string' && typeof validTo === 'string' && validFrom >= validTo)
    throw new Error(`rules data: ${where}: it ends before it begins`);
  if (members['act'] === 'wait' && members['waitMs'] === undefined)
    throw new Error(`rules data: ${where}: to wait needs waitMs`);
}
