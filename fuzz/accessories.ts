/**
 * What an accessory shows before it is paired: its QR code, its TXT record, its records in multicast DNS. Bytes come as
 * characters up to 255, strings of a record end at a line break, records come as JSON.
 */
import { createServiceCache, DNS_SD_LIMITS } from '../src/protocols/hap/dns-sd.ts';
import { isValidSetupCode } from '../src/protocols/hap/setup-code.ts';
import { decodeSetupPayload, encodeSetupPayload } from '../src/protocols/hap/setup-payload.ts';
import { isOfSetupId, readTxt, setupHash, writeTxt } from '../src/protocols/hap/txt.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import { law, type Target, weigh } from './target.ts';

const ID = '51:51:00:00:00:01';

const PAYLOAD_PIECES = [
  'X-HM://',
  'x-hm:',
  '0',
  'Z',
  '1QJ8',
  '-',
  ' ',
  '\0',
  'I',
  '\u0131',
  '\ud800',
  'HTTPS://',
  '00522H1VM',
];

const SETUP_PAYLOAD: Target = {
  name: 'setup-payload',
  seeds: () => ['X-HM://0023ISYWY1QJ8', 'x-hm://00522h1vm1qj8\n', 'X-HM://ZZZZZZZZZZZZZ', 'X-HM://000000000AAAA'],
  /** Half of them are whole payloads of any bits, with at most one other character. */
  make(from, seeds) {
    if (from.nat(2) === 0) return mutate(from, seeds, PAYLOAD_PIECES);
    const digit = (): string => from.nat(36).toString(36);
    const rest = Array.from({ length: 12 }, digit).join('');
    const text = `X-HM://${from.pick(['0', '0', '0', 'P', 'R', digit()])}${rest}`;
    const at = from.nat(text.length);
    return from.nat(3) > 0 ? text : text.slice(0, at) + String.fromCharCode(from.nat(256)) + text.slice(at + 1);
  },
  run(input) {
    const read = decodeSetupPayload(input);
    if (!read.ok) {
      law(weigh(read) < 40, 'a fault is a word');
      return read.fault;
    }
    const { payload } = read;
    law(/^\d{3}-\d\d-\d{3}$/.test(payload.setupCode) && /^[0-9A-Z]{4}$/.test(payload.setupId), 'a code and an id');
    const again = decodeSetupPayload(encodeSetupPayload(payload));
    law(JSON.stringify(again) === JSON.stringify(read), 'what was read is written and read again');
    return isValidSetupCode(payload.setupCode) ? 'read' : 'trivial';
  },
};

const TXT_RECORDS = [
  `c#=7\nff=0\nid=${ID}\nmd=Lamp\npv=1.1\ns#=1\nsf=1\nci=5\nsh=${setupHash('1QJ8', ID)}`,
  `C#=4294967295\nff=3\nID=${ID.toLowerCase()}\nmd=\npv=1\ns#=0\nsf=4\nci=36\nsh=AAAAAA`,
  'c=1\ns=1\nid=x\nsf=-1\nmd==\npv=1.1.1\n=\n\n#',
];
const TXT_PIECES = [
  '\n',
  '=',
  'c#=',
  's#=',
  'id=',
  'md=',
  'sf=',
  'sh=',
  'pv=',
  '65536',
  '4294967296',
  '1.1',
  '__proto__=1',
  '\xff',
];

const TXT: Target = {
  name: 'hap-txt',
  seeds: () => TXT_RECORDS,
  /** Half of them are records of which one line is another. */
  make(from, seeds) {
    if (from.nat(2) === 0) return mutate(from, seeds, TXT_PIECES);
    const lines = from.pick(TXT_RECORDS).split('\n');
    lines[from.nat(lines.length)] = mutate(from, from.pick(TXT_RECORDS).split('\n'), TXT_PIECES).slice(0, 300);
    return lines.join('\n');
  },
  run(input) {
    const strings = input.split('\n').map((line) => Buffer.from(line, 'latin1'));
    const { txt, notes } = readTxt(strings);
    law(notes.length <= 9 * 3 && weigh(notes) < 500, 'notes are few and repeat nothing');
    law(weigh(txt) <= 3 * input.length + 20, 'a record is no larger than what came');
    for (const number of [txt.c, txt.s, txt.sf, txt.ff, txt.ci])
      law(
        number === undefined || (Number.isInteger(number) && number >= 0 && number < 2 ** 32),
        'numbers have 32 bits',
      );
    const lines = Object.entries(writeTxt(txt)).map(([name, value]) => Buffer.from(`${name}=${value}`));
    // bytes that are no UTF-8 grow when they are written again, and may be cut then
    const { md: _, ...again } = readTxt(lines).txt;
    const { md: __, ...rest } = txt;
    law(JSON.stringify(again) === JSON.stringify(rest), 'what was read is published and read again');
    isOfSetupId(txt, '1QJ8');
    return txt.id === undefined ? 'no id' : notes.length === 0 ? 'sound' : 'noted';
  },
};

const KIND = '_hap._tcp.local';
const LAMP = `Lamp.${KIND}`;
const HOSTS = ['lamp.local', 'Lamp.local', 'other.local', `x.${KIND}`, LAMP, KIND, '', '.', 'a..b'];
const VALUES = [
  'PTR',
  'SRV',
  'TXT',
  'A',
  'AAAA',
  'NSEC',
  '192.0.2.7',
  'fe80::1',
  '1.2.3',
  null,
  true,
  -1,
  0,
  5_151,
  1e99,
];

/** A record, more often than not one that could be. */
function makeRecord(from: Random): unknown {
  const any = (): unknown => from.pick<unknown>([...VALUES, ...HOSTS, [], {}, { target: 7 }]);
  const host = from.pick(['lamp.local', 'lamp.local', from.pick(HOSTS)]);
  const instance = from.pick([LAMP, LAMP, from.pick(HOSTS)]);
  const data = {
    PTR: instance,
    SRV: { target: host, port: from.nat(70_000) },
    TXT: [],
    A: `192.0.2.${from.nat(300)}`,
    AAAA: `fe80::${from.nat(9)}`,
  };
  const type = from.pick(['PTR', 'SRV', 'TXT', 'A', 'AAAA'] as const);
  const name = type === 'PTR' ? KIND : type === 'SRV' || type === 'TXT' ? instance : host;
  const record = {
    name,
    type,
    ttl: from.pick([0, 1, 120, 120, 120, 4_500, 2 ** 32]),
    flush: from.nat(2) === 0,
    data: data[type],
  };
  return from.nat(8) > 0 ? record : from.nat(4) > 0 ? { ...record, [from.pick(Object.keys(record))]: any() } : any();
}

const DNS_SD: Target = {
  name: 'dns-sd',
  seeds: () => ['[]'],
  make: (from) => JSON.stringify(Array.from({ length: from.nat(40) }, () => makeRecord(from))),
  run(input) {
    const records = recordsOf(input);
    const cache = createServiceCache(KIND);
    const half = records.length >> 1;
    // texts are bytes, which JSON has not
    for (const one of records as ({ type?: unknown; data?: unknown } | null)[])
      if (one?.type === 'TXT' && Array.isArray(one.data)) one.data = [Buffer.from(`id=${ID}`)];
    cache.take(records.slice(0, half), 0);
    cache.take(records.slice(half), 2_000);
    const instances = cache.instances();
    for (const { key, port, addresses } of instances) {
      law(key.endsWith(`.${KIND}`) && port > 0, 'an instance has its kind and a port');
      law(addresses.length > 0 && addresses.length <= DNS_SD_LIMITS.addresses, 'it has a few addresses');
    }
    law(weigh(instances) <= 50 * input.length, 'what is kept is bounded by what came');
    law(cache.wanted(2_000).length <= DNS_SD_LIMITS.questions, 'few questions');
    cache.sweep(2_000 + 1_000 * DNS_SD_LIMITS.ttlSeconds);
    law(cache.instances().length + cache.knownAnswers(0).length === 0, 'nothing outlives its life');
    return instances.length > 0 ? 'seen' : 'unseen';
  },
};

/** What is no list is one record of that text: the reader gets records, whoever made them. */
function recordsOf(input: string): unknown[] {
  try {
    const value: unknown = JSON.parse(input);
    return Array.isArray(value) ? value : [value];
  } catch {
    return [{ name: input, type: 'PTR', data: input }];
  }
}

/** The targets of this file. */
export const ACCESSORIES: readonly Target[] = [SETUP_PAYLOAD, TXT, DNS_SD];
