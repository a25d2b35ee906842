import { describe, expect, it } from 'vitest';
import { readIssuer } from './config.ts';

describe('the issuer', () => {
  it.each([
    ['https://hub.example', 'https://hub.example'],
    ['https://hub.example/', 'https://hub.example'],
    ['https://Hub.Example:443', 'https://hub.example'],
    ['https://hub.example:8443', 'https://hub.example:8443'],
    ['http://localhost:5151', 'http://localhost:5151'],
    ['http://127.0.0.1:80', 'http://127.0.0.1'],
    ['http://[::1]:5151/', 'http://[::1]:5151'],
  ])('%s is %s', (text, issuer) => {
    expect(readIssuer(text)).toBe(issuer);
  });

  it.each(['http://hub.example', 'http://192.168.1.10:5151', 'http://localhost.example', 'http://127.0.0.2'])(
    'is not plain http off this machine: %s',
    (text) => {
      expect(() => readIssuer(text)).toThrow(/plain http only on this machine, because .* unencrypted/);
    },
  );

  it.each(['', 'hub.example', 'localhost:5151', 'ftp://hub.example', 'javascript:1', 'https://'])(
    'is a URL of a hub: not %j',
    (text) => {
      expect(() => readIssuer(text)).toThrow(/expected an issuer like https:\/\/hub.example/);
    },
  );

  it.each([
    'https://hub.example/tenant',
    'https://hub.example//',
    'https://hub.example?x',
    'https://hub.example#x',
    'https://ada@hub.example',
    'https://ada:x@hub.example',
  ])('is scheme, host and port alone: not %s', (text) => {
    expect(() => readIssuer(text)).toThrow(/only scheme, host and port/);
  });
});
