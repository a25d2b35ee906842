/** What differs between two registrations of one application, item by item. */
import type { App } from '../profiles/oauth/app.ts';
import type { Change } from './fixes-shapes.ts';

type Registration = Pick<App, 'redirectUris' | 'scopes' | 'grantTypes' | 'authMethod'>;

/** In the order of the application's settings. */
export function changesOf(before: Registration, after: Registration, newSecret = false): readonly Change[] {
  const scopes = (app: Registration): ReadonlyMap<string, string> =>
    new Map(
      app.scopes.map(({ name, enabled }) => [name, enabled ? 'included, switched on' : 'included, switched off']),
    );
  const entries = (names: readonly string[]): ReadonlyMap<string, string> => new Map(names.map((name) => [name, name]));
  return [
    ...differing(entries(before.redirectUris), entries(after.redirectUris), () => 'redirect URI', 'not registered'),
    ...differing(scopes(before), scopes(after), (name) => `scope ${name}`, 'not included'),
    ...differing(types(before), types(after), (name) => `grant type ${name}`, 'not enabled'),
    ...(before.authMethod === after.authMethod
      ? []
      : [{ item: 'proves itself by', from: before.authMethod, to: after.authMethod }]),
    ...(newSecret ? [{ item: 'client secret', from: 'the one it has', to: 'a new one, shown once' }] : []),
  ];
}

function types({ grantTypes }: Registration): ReadonlyMap<string, string> {
  return new Map(grantTypes.map((name) => [name, 'enabled']));
}

function differing(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  item: (name: string) => string,
  none: string,
): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [from, to] = [before.get(name) ?? none, after.get(name) ?? none];
    return from === to ? [] : [{ item: item(name), from, to }];
  });
}
