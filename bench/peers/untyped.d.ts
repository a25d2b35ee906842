/** What is used of oidc-provider, which brings no types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  export class Provider {
    constructor(issuer: string, options: object);
    readonly Grant: new (
      of: object,
    ) => { addOIDCScope(scope: string): void; save(): Promise<string> };
    readonly AuthorizationCode: new (
      of: object,
    ) => { save(): Promise<string> };
    readonly Client: { find(id: string): Promise<object | undefined> };
    callback(): RequestListener;
  }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  import type { Adapter } from './oidc-adapters.ts';

  const MemoryAdapter: new (model: string, store: Map<string, unknown>) => Adapter;
  export default MemoryAdapter;
}
