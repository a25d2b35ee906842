import { describe, expect, it } from 'vitest';
import { clientAddress } from './proxy.ts';

const PROXY = '127.0.0.1';

describe('the address of a client behind a proxy', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['203.0.113.9, 192.0.2.1', '192.0.2.1'],
    ['made up, 127.0.0.1,192.0.2.1 ', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
  ])('is the last that the proxy names in %j', (header, address) => {
    expect(clientAddress(header, PROXY)).toBe(address);
    expect(clientAddress(header, '::1')).toBe(address);
    expect(clientAddress(header, '::ffff:127.0.0.1')).toBe(address);
  });

  it.each([
    undefined,
    '',
    ',',
    'unknown',
    '192.0.2.1, unknown',
    '192.0.2.1, 999.1.1.1',
    '192.0.2.1,',
    '192.0.2.1:999999',
    `${'1.1.1.1,'.repeat(300)}192.0.2.1`,
  ])('is the peer when the proxy says none: %j', (header) => {
    expect(clientAddress(header, PROXY)).toBe(PROXY);
  });

  it('is the peer when that is on another machine, whatever it says', () => {
    for (const peer of ['198.51.100.7', '2001:db8::2', '128.0.0.1', '::ffff:198.51.100.7', 'socket']) {
      expect(clientAddress('192.0.2.1', peer)).toBe(peer);
    }
    expect(clientAddress('192.0.2.1', undefined)).toBe('unknown');
  });
});
