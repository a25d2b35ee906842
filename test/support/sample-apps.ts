/** The pages about Trusted Applications with sample data; part of `sample-pages.ts`. */
import type { AppView } from '../../src/server/operations.ts';
import { appPage } from '../../src/server/pages/app.ts';
import { APP_FORMS, type AppForm } from '../../src/server/pages/app-fields.ts';
import { appNewPage, appSecretPage } from '../../src/server/pages/app-new.ts';
import { appRemovePage } from '../../src/server/pages/app-remove.ts';
import { appsPage } from '../../src/server/pages/apps.ts';
import type { Signed } from '../../src/server/pages/layout.ts';
import type { Listed } from '../../src/server/pages/refusals.ts';

/** What the other sample pages have already. */
export interface SampleFrame {
  readonly hub: string;
  readonly signed: Signed;
  readonly refusals: readonly Listed[];
}

/** Sample pages by name; `t` changes every fact on the way. */
export function sampleAppPages(
  t: (text: string) => string,
  { hub, signed, refusals }: SampleFrame,
): Readonly<Record<string, string>> {
  const frame = { hub, signed };
  const csrf = Object.fromEntries(APP_FORMS.map((form) => [form, t(`c5rf-${form}`)])) as Record<AppForm, string>;
  const known = [
    { name: t('lamp:read'), means: t('see whether the lamp is on') },
    { name: t('lamp:write'), means: t('switch the lamp on and off') },
  ];
  const lights: AppView = {
    id: t('my_app_123'),
    name: t('Hallway Lights'),
    type: 'public',
    authMethod: 'none',
    hasSecret: false,
    redirectUris: [t('com.myapp:/callback'), t('http://127.0.0.1/cb')],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: [
      { name: t('lamp:read'), enabled: true },
      { name: t('meter:history'), enabled: false },
    ],
    exceptions: { withoutPkce: true },
    createdAt: Date.UTC(2026, 2, 1, 14, 5, 9),
  };
  const reports: AppView = {
    ...lights,
    id: t('bi_reports'),
    name: t('Monthly Reports'),
    type: 'confidential',
    authMethod: 'client_secret_basic',
    hasSecret: true,
    redirectUris: [t('https://bi.example.com/cb')],
    scopes: [],
    exceptions: {},
  };
  const one = { ...frame, csrf, known, refusals: [] };
  const wrong = t('https://bi.example.com/cb#top');
  const values = (...entries: [string, string][]): ReadonlyMap<string, string> => new Map(entries);
  return {
    apps: appsPage({ ...frame, apps: [lights, reports] }),
    'apps-empty': appsPage({ ...frame, apps: [], removed: true }),
    app: appPage({ ...one, app: lights, refusals }),
    'app-saved': appPage({ ...one, app: reports, done: 'add-uri' }),
    'app-problem': appPage({
      ...one,
      app: reports,
      tried: {
        form: 'add-uri',
        problem: `redirect URI ${JSON.stringify(wrong)} contains a fragment (RFC 6749 §3.1.2 forbids it)`,
        values: values(['uri', wrong]),
      },
    }),
    'app-new': appNewPage({ ...frame, csrf: t('c5rf-new'), known }),
    'app-new-problem': appNewPage({
      ...frame,
      csrf: t('c5rf-new'),
      known,
      tried: {
        form: 'new',
        problem: `an application with the id ${t('my_app_123')} is registered already`,
        values: values(
          ['id', t('my_app_123')],
          ['name', t('Hallway Lights')],
          ['kind', 'client_secret_basic'],
          ['uris', t('com.myapp:/callback\r\nhttp://127.0.0.1/cb')],
          ['scope-0', t('lamp:read')],
          ['included-0', 'on'],
          ['more', t('meter:history')],
        ),
      },
    }),
    'app-secret': appSecretPage({ ...frame, app: reports, secret: `cfs_${'a1B2c3D4'.repeat(5)}xyz` }),
    'app-secret-new': appSecretPage({
      ...frame,
      app: reports,
      secret: `cfs_${'a1B2c3D4'.repeat(5)}xyz`,
      replaced: true,
    }),
    'app-remove': appRemovePage({ ...frame, csrf: csrf.remove, app: lights, holds: { grants: 3, live: 7 } }),
  };
}
