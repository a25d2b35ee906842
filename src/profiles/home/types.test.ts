import { Characteristic, Service } from '@homebridge/hap-nodejs';
import { describe, expect, it } from 'vitest';
import {
  CHARACTERISTIC_TYPES,
  characteristicName,
  characteristicType,
  SERVICE_TYPES,
  serviceName,
  serviceType,
} from './types.ts';

interface PeerType {
  readonly UUID: string;
  new (...args: unknown[]): { readonly props?: { readonly format?: string } };
}

/** The types that hap-nodejs knows, by our spelling of their UUIDs, with their names run together: `currenttemperature`. */
function peers(of: object): Map<string, { name: string; type: PeerType }> {
  const found = new Map<string, { name: string; type: PeerType }>();
  for (const [name, type] of Object.entries(of)) {
    if (typeof type !== 'function' || typeof type.UUID !== 'string') continue;
    found.set(characteristicType(type.UUID) ?? '', { name: plain(name), type });
  }
  return found;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

describe('types', () => {
  it('calls every service what hap-nodejs calls it', () => {
    const known = peers(Service);
    for (const [uuid, name] of SERVICE_TYPES) expect([uuid, known.get(uuid)?.name]).toEqual([uuid, plain(name)]);
  });

  it('calls every characteristic what hap-nodejs calls it, and knows what kind of value it has', () => {
    const known = peers(Characteristic);
    for (const [uuid, { name, kind }] of CHARACTERISTIC_TYPES) {
      const peer = known.get(uuid);
      expect([uuid, peer?.name.replace(/^list/, '')]).toEqual([uuid, plain(name)]);
      const format = peer ? new peer.type().props?.format : undefined;
      const theirs = format === 'bool' ? 'switch' : /^(?:u?int\d*|float)$/.test(format ?? '') ? 'number' : 'other';
      expect([name, kind]).toEqual([name, theirs]);
    }
  });

  it('has each name once, and none that could be read as a UUID', () => {
    for (const names of [[...SERVICE_TYPES.values()], [...CHARACTERISTIC_TYPES.values()].map(({ name }) => name)]) {
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^(?![0-9a-f]{1,8}$)[a-z][a-z0-9.-]*$/);
    }
  });

  it('reads a name, a short UUID, a padded one and a full one as the same type', () => {
    for (const text of ['on', '25', '00000025', '00000025-0000-1000-8000-0026bb765291']) {
      expect(characteristicType(text)).toBe('25');
    }
    for (const text of ['lightbulb', '43', '0043']) expect(serviceType(text)).toBe('43');
    expect([serviceName('43'), characteristicName('25')]).toEqual(['lightbulb', 'on']);
  });

  it("keeps a vendor's UUID whole, and refuses what is no type", () => {
    const vendor = 'E863F10F-079E-48FF-8F27-9C2605A29F52';
    expect(characteristicType(vendor.toLowerCase())).toBe(vendor);
    expect(characteristicName(vendor)).toBe(vendor);
    for (const text of ['', 'brightnes', '*', '123456789', `${vendor}0`, 'x'.repeat(5_000)]) {
      expect([characteristicType(text), serviceType(text)]).toEqual([undefined, undefined]);
    }
  });
});
