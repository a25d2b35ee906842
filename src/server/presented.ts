/** A code that somebody pasted, looked up by its fingerprint. */
import type { Code } from '../core/model.ts';
import type { OAuthDeps } from '../profiles/oauth/deps.ts';
import { readHandle } from '../profiles/oauth/token.ts';
import { NotFoundError, OperationError } from './operations.ts';

/** The code; it is never repeated in an answer. @throws OperationError for what is no code, NotFoundError for one that is not kept */
export async function codePresented(oauth: OAuthDeps, text: string): Promise<Code> {
  const { handle } = readHandle('authorization_code', text, oauth.keys.codes);
  if (handle.read !== 'ok') {
    const why = handle.read === 'signed' ? `${handle.cause}, expected ${handle.expected}` : handle.detail;
    throw new OperationError(`expected a code or an id that begins with cd_: ${why}`);
  }
  const { id } = handle;
  const code = (await oauth.store.load({ codes: [id] })).codes.get(id);
  if (!code) throw new NotFoundError('this hub never minted that code, or has forgotten it after its retention');
  return code;
}
