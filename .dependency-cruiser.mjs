/**
 * The layer walls. Imports run one way:
 * cli → server → profiles, inspectors → core, protocols; store adapters → store/port → core.
 * Test files may look behind every wall except the circular one. `tools/walls.test.ts` proves that each wall bites.
 */
const PRODUCT = { path: '^src/', pathNot: '\\.test\\.ts$' };

/** A wall: files under `from` may import ours only under `may` (regular expressions, `$1` is the first group of `from`). */
function wall(name, from, may, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: PRODUCT.pathNot },
    to: { path: '^(src|test|tools|bench|fuzz|examples)/', pathNot: may },
  };
}

/** What profiles, inspectors and the server may know of the store. */
const PORTS = '^src/store/(port|registry|upkeep|audit|trail|rows)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'no circular imports, types included',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-is-alone',
      comment: 'the core imports nothing: no other layer, no package, no node module',
      severity: 'error',
      from: { path: '^src/core/', pathNot: PRODUCT.pathNot },
      to: { pathNot: '^src/core/' },
    },
    wall('protocols-are-alone', '^src/protocols/([^/]+)/', ['^src/protocols/$1/'], 'a protocol is usable alone'),
    wall(
      'store-port-knows-core',
      '^src/store/(?!index\\.ts$)[^/]+\\.ts$',
      ['^src/core/', '^src/store/[^/]+\\.ts$'],
      'the ports and what adapters share know the core only; index.ts is the published entry of all stores',
    ),
    wall(
      'adapters-know-the-port',
      '^src/store/([^/]+)/',
      ['^src/core/', '^src/store/[^/]+\\.ts$', '^src/store/$1/'],
      'a store adapter knows the port, the core and itself, never another adapter',
    ),
    wall(
      'profiles-look-down',
      '^src/profiles/([^/]+)/',
      ['^src/core/', '^src/protocols/', '^src/profiles/$1/', PORTS],
      'a profile knows the core, protocols and the ports, never another profile',
    ),
    wall(
      'inspectors-look-down',
      '^src/inspectors/([^/]+)/',
      ['^src/core/', '^src/protocols/', '^src/inspectors/$1/', PORTS],
      'an inspector knows the core, protocols and the ports, never another inspector',
    ),
    wall(
      'server-looks-down',
      '^src/server/',
      ['^src/core/', '^src/protocols/', '^src/profiles/', '^src/inspectors/', '^src/server/', PORTS],
      'the server knows no store adapter and no command line',
    ),
    wall('clients-are-alone', '^src/client/', ['^src/client/'], 'a client talks HTTP only, and runs where we do not'),
    wall('console-talks-http', '^src/console/', ['^src/console/'], 'the console page talks HTTP only'),
    wall(
      'commands-know-no-adapter',
      '^src/cli/(?!main\\.ts$)',
      ['^src/(cli|core|server|profiles|inspectors|protocols)/', PORTS],
      'cli/main.ts is the composition root, the only importer of store adapters',
    ),
    wall('main-is-product', '^src/cli/main\\.ts$', ['^src/'], 'the composition root knows every layer, but no test'),
    {
      name: 'ports-are-types',
      comment: 'above the store, the ports are types only: a value would tie the layer to a store',
      severity: 'error',
      from: { path: '^src/(profiles|inspectors|server|cli)/(?!main\\.ts$)', pathNot: PRODUCT.pathNot },
      to: { path: PORTS, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-tests-in-product',
      comment: 'product code imports no test file',
      severity: 'error',
      from: PRODUCT,
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'no-dev-dependency-in-product',
      comment:
        'what src imports must be a dependency of the package; only the PostgreSQL adapter may ask for its peer, pg',
      severity: 'error',
      from: { path: PRODUCT.path, pathNot: [PRODUCT.pathNot, '^src/store/postgres/connection\\.ts$'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'every import leads somewhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
