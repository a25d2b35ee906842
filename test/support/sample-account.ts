/** The pages of accounts and of the hub itself with sample data: one's own, the first run, keys and audit. */

import type { KeyList } from '../../src/server/audit-shapes.ts';
import { type AuditPage, auditPage, type DiaryEntry } from '../../src/server/pages/audit.ts';
import type { Signed } from '../../src/server/pages/layout.ts';
import { loginPage } from '../../src/server/pages/login.ts';
import { PROFILE_FORMS, type ProfilePage, profilePage } from '../../src/server/pages/profile.ts';
import { setupGonePage, setupPage } from '../../src/server/pages/setup.ts';
import type { TrailReport } from '../../src/store/trail.ts';

const AT = Date.UTC(2026, 2, 14, 9, 26, 53, 589);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type Taint = (text: string) => string;

/** Sample pages by name. */
export function sampleAccountPages(t: Taint, hub: string, signed: Signed): Readonly<Record<string, string>> {
  const origin = t('http://localhost:5151');
  const csrf = t('c5rf-form');
  const passkey = { action: '/login/passkey', options: t('{"rpId":"localhost"}'), again: t('/login?next=%2F') };
  const setup = { hub, origin, csrf, token: t('7Qx3-token') };
  return {
    'login-passkey': loginPage({ hub, origin, csrf, passkey }).replace(' hidden>', '>'),
    'login-passkey-refused': loginPage({ hub, origin, csrf, passkey, problem: { kind: 'passkey' } }),
    ...profiles(t, hub, signed),
    setup: setupPage(setup),
    'setup-refused': setupPage({
      ...setup,
      name: t('ada'),
      problem: {
        about: 'password',
        say: t('expected at least 12 characters, got 6: three or four random words do well'),
      },
    }),
    'setup-gone': setupGonePage(hub),
    ...audits(t, hub, signed),
  };
}

function profiles(t: Taint, hub: string, signed: Signed): Readonly<Record<string, string>> {
  const key = { publicKey: '', counter: 0, transports: [], synced: false };
  const input: ProfilePage = {
    hub,
    signed,
    viewer: { role: 'operator', user: t('ada') },
    csrf: Object.fromEntries(PROFILE_FORMS.map((form) => [form, t(`c5rf-${form}`)])) as ProfilePage['csrf'],
    account: {
      passkeys: [
        { ...key, id: t('AAAA'), name: t('My phone'), createdAt: AT - 40 * DAY, usedAt: AT - HOUR, synced: true },
        { ...key, id: t('BBBB'), name: t('Security key in the drawer'), createdAt: AT - 3 * DAY },
      ],
      offer: { kind: 'here', options: t('{}') },
    },
    sessions: [
      { name: 'one', signedInAt: AT - HOUR, usedAt: AT },
      { name: t('two'), signedInAt: AT - 9 * HOUR, usedAt: AT - 1.4 * HOUR },
    ],
    current: 'one',
  };
  const none = { passkeys: [], offer: { kind: 'elsewhere', at: t('http://localhost:5151') } } as const;
  const { account: _, ...owner } = { ...input, viewer: { role: 'operator', user: t('owner') } } as const;
  return {
    profile: profilePage(input).replaceAll(' hidden>', '>'),
    'profile-done': profilePage({ ...input, done: 'passkey-remove', account: none }),
    'profile-refused': profilePage({
      ...input,
      tried: { form: 'password', about: 'current', problem: t('that is not your current password') },
    }),
    'profile-developer': profilePage({
      ...input,
      signed: { ...signed, role: 'developer' },
      viewer: { role: 'developer', user: t('grace'), apps: [t('my_app_123'), t('bi_tool')] },
      account: { passkeys: [], offer: { kind: 'enough' } },
    }),
    'profile-again': profilePage({ ...input, account: { passkeys: [], offer: { kind: 'again' } } }),
    'profile-owner': profilePage(owner),
  };
}

function audits(t: Taint, hub: string, signed: Signed): Readonly<Record<string, string>> {
  const fingerprint = t('5f3a9c1e77d0b2468ace13579bdf02468ace13579bdf02468ace13579bdf0246');
  const publicKey = t('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo');
  const pair = { algorithm: 'Ed25519', fingerprint, publicKey } as const;
  const keys: KeyList = {
    master: t('./counterfoil.db.key'),
    keys: [
      { ...pair, use: 'audit' },
      { ...pair, use: 'receipts', id: t('Zm9vYmFyYmE') },
      { ...pair, use: 'codes', id: t('c2lnbmVkY28') },
      { ...pair, use: 'hub' },
      { ...pair, use: 'controller', id: t('A1B2C3D4-E5F6-4711-8899-AABBCCDDEEFF') },
      { ...pair, algorithm: 'X25519', use: 'sealing', id: t('c2VhbGluZzE'), from: AT - 10 * DAY, until: AT + 22 * DAY },
      { ...pair, algorithm: 'X25519', use: 'sealing', id: t('b2xkZXIwMDA'), from: AT - 31 * DAY, until: AT + DAY },
    ],
  };
  const report: TrailReport = {
    verdicts: 12_408,
    links: 9_377,
    chains: 6,
    checkpoints: 1_204,
    erased: 3,
    unsigned: 0,
    untrailed: 0,
    faults: [],
    faultCount: 0,
    head: { chain: t('3q2xAbCdEfGh'), seq: 118, hash: '9f3c'.repeat(16) },
  };
  const grant = {
    id: 'gr_09V7M3K4R2ZZZZ',
    profile: 'oauth',
    by: t('ada'),
    to: t('my_app_123'),
    state: 'active',
  } as const;
  const account = { kind: 'account', user: t('ada') } as const;
  const diary: DiaryEntry[] = [
    { ...account, at: AT - 30_000, act: 'fix-applied', about: t('vd_7F3K9QD2XAM4W8T1ZB5N6C0HJ') },
    { ...account, at: AT - 60_000, act: 'passkey' },
    { kind: 'ended', at: AT - HOUR, grant: { ...grant, state: 'revoked', endedBy: t('revoked-by-operator') } },
    { kind: 'given', at: AT - 2 * HOUR, grant },
    { kind: 'given', at: AT - 5 * HOUR, grant: { ...grant, to: t('bi_tool'), state: 'denied' } },
    { ...account, at: AT - DAY, act: 'password-changed' },
    { ...account, at: AT - 2 * DAY, act: 'password' },
    { ...account, at: AT - 9 * DAY, act: 'set-up' },
  ];
  const checked = {
    at: AT,
    outcome: 'checked',
    report,
    signedAt: AT,
    firstAt: AT - 90 * DAY,
    lastAt: AT,
    tookMs: 412,
  } as const;
  const input: AuditPage = {
    hub,
    signed,
    csrf: t('c5rf-audit'),
    now: AT,
    generation: 1,
    data: t('./counterfoil.db'),
    keys,
    checked,
    range: '3m',
    diary,
  };
  const { checked: _, ...unchecked } = input;
  const faults = [
    { kind: 'altered', what: 'vd_7F3K9QD2XAM4W8T1ZB5N6C0HJ', say: t('it is not the row that the trail names') },
    { kind: 'link-missing', what: t('3q2xAbCdEfGh/41'), say: t('the next one there is 3q2xAbCdEfGh/43') },
  ] as const;
  return {
    audit: auditPage({ ...input, more: true }),
    'audit-new': auditPage({ ...unchecked, generation: 3, range: 'all', diary: [] }),
    'audit-faults': auditPage({ ...input, checked: { ...checked, report: { ...report, faults, faultCount: 27 } } }),
    'audit-large': auditPage({ ...input, checked: { at: AT, outcome: 'too-large', rowsMax: 200_000 } }),
  };
}
