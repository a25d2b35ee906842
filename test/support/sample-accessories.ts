/** The pages about accessories with sample data; part of `sample-grants.ts`. */
import type { Effect } from '../../src/core/model.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import type { AccessoryView, PairingView, ValueView } from '../../src/server/home/shapes.ts';
import { accessoriesPage } from '../../src/server/pages/accessories.ts';
import { accessoryAskPage, accessoryPage } from '../../src/server/pages/accessory.ts';
import { pairPage, setupCodePage } from '../../src/server/pages/accessory-setup.ts';
import { ROOMS } from '../../src/server/pages/accessory-words.ts';
import type { Signed } from '../../src/server/pages/layout.ts';

type Taint = (text: string) => string;

const AT = Date.UTC(2026, 2, 14, 9, 26, 53, 589);
const PAIRING = '0E9C5D3A-71B2-4C11-9D0E-5A1B77C05100';

/** Sample pages by name; `t` changes every fact on the way. */
export function sampleAccessoryPages(
  t: Taint,
  frame: { readonly hub: string; readonly signed: Signed },
  owed: readonly Effect[],
): Readonly<Record<string, string>> {
  const csrf = t('c5rf-accessory');
  const view: AccessoryView = {
    id: t('lamp'),
    name: t('Lamp'),
    own: true,
    reachable: true,
    hapId: t('4F:1C:88:0A:2E:71'),
    address: t('127.0.0.1:40121'),
    model: t('Virtual lamp'),
    firmware: t('0.4.0'),
    pv: t('1.1.0'),
    pairings: 3,
  };
  const value = (says: string, format: string, now: ValueView['value'], unit?: string): ValueView => ({
    id: t(says),
    says: t(says),
    value: now ?? null,
    format,
    perms: ['pr', 'pw', 'ev'],
    ...(unit !== undefined && { unit }),
  });
  const values = [value('lamp/lightbulb/on', 'bool', true), value('lamp/lightbulb/brightness', 'int', 40, '%')];
  const pairing = { admin: false, fingerprint: t('9f1c77ab02d1'), grants: [], listed: true } as const;
  const pairings: PairingView[] = [
    { ...pairing, id: t('C1B2A3D4-0000-4C11-9D0E-5A1B77C05101'), admin: true, whose: 'hub' },
    {
      ...pairing,
      id: t(PAIRING),
      whose: 'grants',
      listed: false,
      grants: [{ grant: 'gr_09V7M3K4R2', client: t('my_app_123') }],
    },
    { ...pairing, id: t('77AA11B2-1111-4C11-9D0E-5A1B77C05102'), whose: 'stranger' },
  ];
  const names = new Map([[t('my_app_123'), t('Hallway Lights')]]);
  const away = {
    ...view,
    id: t('porch'),
    name: t('Porch light'),
    own: false,
    reachable: false,
    why: t('nobody listens at 192.168.1.30:51826'),
  };
  const one = { ...frame, id: view.id, name: view.name, names, waitedSeconds: 6 };
  const verdict: Verdict = {
    id: 'vd_1',
    profile: 'hap',
    action: 'transcript',
    ok: false,
    decisive: 'hap.connect',
    policy: 'p',
    at: AT,
    snapshot: {},
    times: 1,
    checks: [
      {
        id: 'hap.connect',
        outcome: 'fail',
        cause: {
          id: 'refused',
          say: t('the accessory is there, and nothing listens at its port'),
          fixes: [{ audience: 'owner', say: t('take its power for ten seconds, then wait a minute') }],
        },
      },
    ],
  };
  return {
    accessories: accessoriesPage({
      ...frame,
      names,
      waitedSeconds: 6,
      rows: [
        { id: view.id, name: view.name, view, values, pairings, owed },
        { id: away.id, name: away.name, view: away, values: [], pairings: [], owed: [] },
        { id: t('cellar'), name: t('Cellar light'), values: [], pairings: [], owed: [] },
      ],
      done: 'pair',
    }),
    'accessories-none': accessoriesPage({ ...frame, names, waitedSeconds: 6, rows: [] }),
    'accessory-lamp': accessoryPage({ ...one, view, values, pairings, owed, showCode: csrf, done: 'remove' }),
    'accessory-silent': accessoryPage({
      ...one,
      id: away.id,
      name: away.name,
      view: away,
      verdict,
      values: [],
      pairings: [],
      owed,
      problem: t('porch is in use by another controller'),
    }),
    'accessory-remove': accessoryAskPage({ ...one, csrf, ask: { do: 'remove', pairing: t(PAIRING) } }),
    'accessory-forget': accessoryAskPage({ ...one, csrf, ask: { do: 'forget' } }),
    'setup-code': setupCodePage({ ...frame, id: ROOMS.hub, name: 'this hub', csrf }),
    'setup-code-shown': setupCodePage({
      ...frame,
      id: view.id,
      name: view.name,
      csrf,
      code: { setupCode: t('031-45-154'), payload: 'X-HM://0052K9C1M0HUB' },
    }),
    'pair-form': pairPage({ ...frame, csrf, values: new Map() }),
    'pair-found': pairPage({
      ...frame,
      csrf,
      values: new Map([['target', t('4F:1C:88:0A:2E:71')]]),
      problem: t('the code is not the one of this accessory'),
      verdict,
      found: [
        {
          name: t('Desk'),
          host: t('desk.local'),
          port: 51_826,
          addresses: ['192.168.1.31'],
          hapId: t('AA:BB:CC:00:11:22'),
          model: t('Desk lamp'),
          pv: '1.1',
          ff: 0,
          paired: false,
          notes: [],
        },
        {
          name: t('Porch'),
          host: t('porch.local'),
          port: 51_827,
          addresses: [],
          pv: '1.1',
          ff: 0,
          paired: true,
          known: t('porch'),
          notes: [],
        },
      ],
    }),
  };
}
