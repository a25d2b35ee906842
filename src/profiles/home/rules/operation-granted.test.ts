import { describe, expect, it } from 'vitest';
import { accessCase } from '../../../../test/support/home-case.ts';
import { operationGranted } from './operation-granted.ts';

describe('home.operation-granted', () => {
  it('passes an operation that is allowed', () => {
    expect(operationGranted.check(accessCase())).toEqual({ outcome: 'pass', presented: 'write' });
  });

  it.each([
    ['write', 'home:lamp:rs'],
    ['read', 'home:lamp:ws'],
    ['subscribe', 'home:lamp:rw'],
  ] as const)('refuses as `operation`: %s by %s', (op, scope) => {
    const { request } = accessCase();
    const found = operationGranted.check(accessCase({ scopes: [scope], request: { ...request, op } }));
    expect(found).toEqual({ outcome: 'fail', cause: 'operation', expected: scope, presented: op });
  });

  it('skips what no capability reaches', () => {
    for (const scopes of [[], ['home:door:r']])
      expect(operationGranted.check(accessCase({ scopes })).outcome).toBe('skip');
  });
});
