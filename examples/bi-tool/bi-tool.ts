/**
 * A business intelligence tool that reads a hub's data, as such tools do: a confidential client that runs on a schedule,
 * keeps its tokens, refreshes them when the access token is an hour old, and asks its owner again when it cannot. It knows
 * nothing of the hub but its address and its own registration; OAuth is openid-client's.
 */
import * as oauth from 'openid-client';

/** What it is told when it is set up. */
export interface BiToolOptions {
  /** Address of the hub. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where its own server takes the answer of `/authorize`: registered at the hub, byte for byte. */
  readonly redirectUri: string;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
  /** Shows the address to its owner; answers where the owner's browser ended up, or undefined when it never came back. */
  readonly askOwner: (address: URL) => Promise<URL | undefined>;
}

/** What a scheduled run came to. */
export type Run =
  | {
      readonly outcome: 'data';
      readonly by: 'token' | 'refresh' | 'authorization';
      readonly accessories: readonly unknown[];
    }
  | {
      readonly outcome: 'failed';
      /** What it tried, in order, and what it heard. `reference`: where the hub says why, for whoever runs it. */
      readonly tried: readonly { readonly step: Step; readonly heard: string; readonly reference?: string }[];
    };

/** A step of a run. */
export type Step = 'refresh' | 'authorize' | 'exchange' | 'read';

/** The tool. */
export interface BiTool {
  /** One scheduled run: a snapshot of the state of the accessories. */
  run(): Promise<Run>;
  /** Changes as they come, until `signal` ends them or the token does. Needs a run before it that came to data. */
  follow(signal: AbortSignal): AsyncGenerator<unknown, void>;
}

interface Held {
  readonly access: string;
  readonly refresh: string | undefined;
  readonly until: number;
}

/** The scope that reading needs. */
const SCOPE = 'lamp:read';

/** Milliseconds before its end at which a token is taken for too old to start with. */
const MARGIN_MS = 1_000;

/** Makes one. It does nothing before its first run. */
export async function createBiTool(options: BiToolOptions): Promise<BiTool> {
  const { issuer, clientId, clientSecret, redirectUri, clock = Date.now, askOwner } = options;
  const secret = oauth.ClientSecretBasic(clientSecret);
  const config = await oauth.discovery(new URL(issuer), clientId, undefined, secret, {
    algorithm: 'oauth2',
    // Plain http is for a hub on this very machine only.
    execute: [oauth.allowInsecureRequests],
  });
  let held: Held | undefined;

  const keep = (tokens: oauth.TokenEndpointResponse): Held => {
    held = {
      access: tokens.access_token,
      refresh: tokens.refresh_token,
      until: clock() + (tokens.expires_in ?? 0) * 1_000 - MARGIN_MS,
    };
    return held;
  };

  const authorize = async (): Promise<Held> => {
    const codeVerifier = oauth.randomPKCECodeVerifier();
    const state = oauth.randomState();
    const address = oauth.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: SCOPE,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
    const answer = await askOwner(address);
    if (!answer) throw new Trouble('authorize', 'the hub sent nobody back to the redirect URI');
    const checks = { pkceCodeVerifier: codeVerifier, expectedState: state };
    return keep(await at('exchange', oauth.authorizationCodeGrant(config, answer, checks)));
  };

  const read = async ({ access }: Held): Promise<readonly unknown[]> => {
    const answer = await at('read', oauth.fetchProtectedResource(config, access, new URL('/api/state', issuer), 'GET'));
    const { accessories } = (await answer.json()) as { readonly accessories: readonly unknown[] };
    return accessories;
  };

  return {
    async run() {
      const tried: Extract<Run, { outcome: 'failed' }>['tried'][number][] = [];
      const attempt = async (
        by: 'token' | 'refresh' | 'authorization',
        get: () => Promise<Held>,
      ): Promise<Run | undefined> => {
        try {
          return { outcome: 'data', by, accessories: await read(await get()) };
        } catch (error) {
          if (!(error instanceof Trouble)) throw error;
          const { step, message: heard, reference } = error;
          tried.push({ step, heard, ...(reference !== undefined && { reference }) });
          return undefined;
        }
      };
      const now = held;
      if (now && clock() < now.until) {
        const run = await attempt('token', async () => now);
        if (run) return run;
      }
      const { refresh } = held ?? {};
      if (refresh !== undefined) {
        const run = await attempt('refresh', async () =>
          keep(await at('refresh', oauth.refreshTokenGrant(config, refresh))),
        );
        if (run) return run;
      }
      held = undefined;
      return (await attempt('authorization', authorize)) ?? { outcome: 'failed', tried };
    },

    async *follow(signal) {
      if (!held) throw new Error('nothing to follow with: run() first, until it comes to data');
      const headers = { authorization: `Bearer ${held.access}` };
      const answer = await fetch(new URL('/api/events', issuer), { headers, signal });
      if (!answer.ok || !answer.body) throw new Error(`expected a stream, got ${answer.status}`);
      for await (const line of lines(answer.body)) {
        if (line.startsWith('data: ')) yield JSON.parse(line.slice('data: '.length));
      }
    },
  };
}

/** A step that did not work, as the tool heard it. */
class Trouble extends Error {
  readonly step: Step;
  readonly reference: string | undefined;
  constructor(step: Step, heard: string, reference?: string) {
    super(heard);
    this.step = step;
    this.reference = reference;
  }
}

/** The answer of a step; what OAuth calls an error is trouble, all else is thrown on. */
async function at<T>(step: Step, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
      const { cause } = error;
      const uri = cause instanceof URLSearchParams ? cause.get('error_uri') : cause['error_uri'];
      throw new Trouble(step, error.error, typeof uri === 'string' ? uri : undefined);
    }
    if (error instanceof oauth.WWWAuthenticateChallengeError) {
      const { parameters } = error.cause[0] ?? {};
      throw new Trouble(step, parameters?.error ?? 'unauthorized', parameters?.['error_uri']);
    }
    throw error;
  }
}

/** Lines of a stream of server-sent events. */
async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
