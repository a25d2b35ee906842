import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createServiceCache, DNS_SD_LIMITS, type ServiceCache } from './dns-sd.ts';

const KIND = '_hap._tcp.local';
const LAMP = `Lamp.${KIND}`;
const TEXT = [Buffer.from('id=51:51:00:00:00:01')];

const pointer = (name = LAMP, ttl = 4_500) => ({ name: KIND, type: 'PTR', ttl, data: name });
const place = (port = 5_151, host = 'lamp.local', ttl = 120) => ({
  ...{ name: LAMP, type: 'SRV', ttl, flush: true },
  data: { target: host, port, priority: 0, weight: 0 },
});
const text = (ttl = 4_500) => ({ name: LAMP, type: 'TXT', ttl, flush: true, data: TEXT });
const address = (data = '192.0.2.7', flush = true, ttl = 120) => ({
  ...{ name: 'lamp.local', type: data.includes(':') ? 'AAAA' : 'A', ttl, flush, data },
});
const LAMP_RECORDS = [pointer(), place(), text(), address()];

/** A cache that has heard these packets, one a second. */
function heard(...packets: readonly (readonly unknown[])[]): ServiceCache {
  const cache = createServiceCache(KIND);
  packets.forEach((records, i) => {
    cache.take(records, 1_000 * i);
  });
  return cache;
}

const ports = (cache: ServiceCache): number[] => cache.instances().map(({ port }) => port);
const addresses = (cache: ServiceCache): readonly string[] => cache.instances()[0]?.addresses ?? [];

describe('what an interface says of a service', () => {
  it('is an instance when pointer, place, text and an address are known, in whatever order and packets they come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(LAMP_RECORDS, { minLength: 4 }), (records) => {
        expect(heard(records).instances()).toEqual([
          {
            ...{ key: LAMP.toLowerCase(), name: 'Lamp', host: 'lamp.local', port: 5_151 },
            ...{ addresses: ['192.0.2.7'], strings: TEXT, heardAt: 0 },
          },
        ]);
      }),
    );
    for (const missing of LAMP_RECORDS)
      expect(heard(LAMP_RECORDS.filter((record) => record !== missing)).instances()).toEqual([]);
    const [one, two, three, four] = LAMP_RECORDS;
    expect(ports(heard([one], [two], [three], [four]))).toEqual([5_151]);
  });

  it('names are compared without case', () => {
    const loud = { ...pointer(), name: KIND.toUpperCase(), data: LAMP.toUpperCase() };
    expect(heard([loud, ...LAMP_RECORDS.slice(1)]).instances()[0]?.key).toBe(LAMP.toLowerCase());
  });

  it('another port and another host count at once', () => {
    expect(ports(heard(LAMP_RECORDS, [place(5_152)]))).toEqual([5_152]);
    const moved = heard(LAMP_RECORDS, [place(5_151, 'other.local')]);
    expect(moved.instances()).toEqual([]);
    moved.take([{ ...address('192.0.2.8'), name: 'Other.local' }], 2_000);
    expect(addresses(moved)).toEqual(['192.0.2.8']);
  });

  it('several addresses are kept, IPv4 first and link-local last; a flush replaces those of the same family', () => {
    const both = heard([...LAMP_RECORDS, address('fe80::1'), address('2001:db8::7'), address('192.0.2.8')]);
    expect(addresses(both)).toEqual(['192.0.2.7', '192.0.2.8', '2001:db8::7', 'fe80::1']);
    both.take([address('192.0.2.9')], 1_500);
    expect(addresses(both)).toEqual(['192.0.2.9', '2001:db8::7', 'fe80::1']);
    both.take([address('192.0.2.10', false)], 3_000);
    expect(addresses(both)).toEqual(['192.0.2.10', '192.0.2.9', '2001:db8::7', 'fe80::1']);
  });

  it.each([
    ['pointer', pointer(LAMP, 0)],
    ['place', place(5_151, 'lamp.local', 0)],
    ['text', text(0)],
    ['address', address('192.0.2.7', true, 0)],
  ])('a goodbye of its %s ends it', (_, goodbye) => {
    expect(heard(LAMP_RECORDS, [goodbye]).instances()).toEqual([]);
  });

  it('records end with their life, and no life is longer than 75 minutes', () => {
    const cache = heard([pointer(LAMP, 4_294_967_295), place(), text(), address()]);
    cache.sweep(119_999);
    expect(ports(cache)).toEqual([5_151]);
    cache.sweep(120_000);
    expect(ports(cache)).toEqual([]);
    expect(cache.knownAnswers(120_000)).toHaveLength(1);
    cache.sweep(1_000 * DNS_SD_LIMITS.ttlSeconds);
    expect(cache.knownAnswers(120_000)).toEqual([]);
  });

  it('what is missing or past half of its life is asked for', () => {
    expect(heard([pointer()]).wanted(0)).toEqual([
      { name: LAMP, type: 'SRV' },
      { name: LAMP, type: 'TXT' },
    ]);
    expect(heard([pointer(), place(), text()]).wanted(0)).toEqual([
      { name: 'lamp.local', type: 'A' },
      { name: 'lamp.local', type: 'AAAA' },
    ]);
    const whole = heard(LAMP_RECORDS);
    expect(whole.wanted(60_000)).toEqual([]);
    expect(whole.wanted(60_001).map(({ type }) => type)).toEqual(['SRV', 'A', 'AAAA']);
  });

  it('a pointer past half of its life is no known answer', () => {
    const cache = heard(LAMP_RECORDS);
    expect(cache.knownAnswers(1_000)).toEqual([{ name: KIND, type: 'PTR', ttl: 4_499, data: LAMP }]);
    expect(cache.knownAnswers(2_250_001)).toEqual([]);
  });

  it('names that DNS cannot carry are never asked for', () => {
    const odd = ['', '.', 'a..b.', `${'x'.repeat(64)}.`, `${'y.'.repeat(130)}`].map((name) =>
      pointer(`${name}.${KIND}`),
    );
    expect(heard(odd).wanted(0)).toEqual([]);
    expect(heard(odd).knownAnswers(0)).toEqual([]);
  });

  it('a flood is bounded: instances, addresses and questions', () => {
    const cache = createServiceCache(KIND);
    const names = Array.from({ length: 3_000 }, (_, i) => `Lamp ${i}.${KIND}`);
    cache.take(
      names.map((name) => pointer(name)),
      0,
    );
    cache.take(
      names.map((name) => ({ ...place(), name })),
      0,
    );
    cache.take(
      names.map((name) => ({ ...text(), name })),
      0,
    );
    cache.take(
      Array.from({ length: 200 }, (_, i) => address(`192.0.2.${i}`, false)),
      0,
    );
    expect(cache.instances()).toHaveLength(DNS_SD_LIMITS.instances);
    expect(addresses(cache)).toHaveLength(DNS_SD_LIMITS.addresses);
    expect(cache.knownAnswers(0).length).toBeLessThanOrEqual(DNS_SD_LIMITS.questions);
    expect(cache.wanted(4_000_000).length).toBeLessThanOrEqual(DNS_SD_LIMITS.questions);
  });

  it('of a text without end only the beginning is kept', () => {
    const endless = { ...text(), data: Array.from({ length: 60_000 }, () => Buffer.alloc(1)) };
    const [instance] = heard([...LAMP_RECORDS, endless]).instances();
    expect(instance?.strings).toHaveLength(DNS_SD_LIMITS.textBytes / 2);
  });

  it('anything may come as records, and nothing throws', () => {
    const field = fc.oneof(
      fc.constantFrom('PTR', 'SRV', 'TXT', 'A', 'AAAA', KIND, LAMP, 'lamp.local', '192.0.2.7', 'fe80::1', 0, 120, -1),
      fc.anything(),
    );
    const record = fc.oneof(
      fc.record(
        {
          name: fc.oneof(fc.constantFrom(KIND, LAMP, 'lamp.local'), field),
          type: fc.oneof(fc.constantFrom('PTR', 'SRV', 'TXT', 'A', 'AAAA'), field),
          ttl: fc.oneof(fc.constantFrom(0, 1, 120, Number.NaN, Infinity), field),
          flush: field,
          data: fc.oneof(fc.constantFrom<unknown>(LAMP, TEXT, { target: 'lamp.local', port: 1 }, '192.0.2.7'), field),
        },
        { requiredKeys: [] },
      ),
      fc.constantFrom(...LAMP_RECORDS),
      field,
    );
    fc.assert(
      fc.property(fc.array(fc.array(record), { maxLength: 5 }), (packets) => {
        const cache = heard(...packets);
        for (const one of cache.instances()) {
          expect(one.key.endsWith(`.${KIND}`) && one.port > 0 && one.addresses.length > 0).toBe(true);
        }
        cache.sweep(1e9);
        expect([cache.instances(), cache.wanted(1e9), cache.knownAnswers(1e9)]).toEqual([[], [], []]);
      }),
    );
  });
});
