/** Trusted Applications: what a hub knows of each client (RFC 6749 §2), and what may be registered. */

/** A scope with its two switches: listed here means *included*; `enabled` is the second switch. */
export interface AppScope {
  readonly name: string;
  readonly enabled: boolean;
}

/** How a client proves itself at `/token` (RFC 7591 §2 names). */
export type AuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post';

/** Grant types a client may use. */
export type GrantType = 'authorization_code' | 'refresh_token';

/** A registered client. The id is the `client_id`; a public client has `authMethod` `none` and no secret. */
export interface App {
  readonly name: string;
  readonly type: 'public' | 'confidential';
  readonly authMethod: AuthMethod;
  /** SHA-256 of the generated 256-bit secret, base64url. */
  readonly secretHash?: string;
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly GrantType[];
  readonly scopes: readonly AppScope[];
  /** Explicit, logged exceptions; absent means secure. */
  readonly exceptions?: {
    /** A public client without PKCE (the brief's own request). */
    readonly withoutPkce?: boolean;
    /** 16-character codes, only ever minted key-bound. */
    readonly shortCodes?: boolean;
  };
  readonly createdAt: number;
}
