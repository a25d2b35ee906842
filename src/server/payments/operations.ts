/** What the person in charge can do about payments. Attempts go the same way as over HTTP. */

import type { Grant } from '../../core/model.ts';
import { ContradictionError } from '../../profiles/payments/outcome.ts';
import { NotFoundError, OperationError } from '../operations.ts';
import type { GateOutcome, GateRequest } from './answers.ts';
import { listCardKeys, rotateCardKey } from './card-keys.ts';
import { attemptFor, type Caller, CardFault, checkFor, type GatewayDeps, recordFor, reserveFor } from './gateway.ts';
import { addKey, addMerchant, editMerchant, merchantNamed, merchants } from './merchants.ts';
import type { PaymentsOperations } from './operation-shapes.ts';
import { readValue } from './read-body.ts';
import type { ObjectShape } from './shape.ts';
import { CHECK, OUTCOME, RESERVE } from './shapes.ts';

/** The operations. */
export function paymentsOperations(deps: GatewayDeps): PaymentsOperations {
  const { store, registry } = deps;
  const now = async (): Promise<number> => (await store.load({})).now;
  const callerOf = async (name: string | null): Promise<Caller> => {
    // over the admin socket a missing argument comes as null
    const grant: Grant = await merchantNamed(deps, name ?? undefined);
    return { grant, loaded: await store.load({}), source: 'cli' };
  };
  return {
    paymentsAddMerchant: (name, input) => addMerchant(deps, name, input ?? {}),
    paymentsListMerchants: () => merchants(deps),
    paymentsEditMerchant: (name, input) => editMerchant(deps, name, input ?? {}),
    paymentsAddKey: (name, days) => addKey(deps, name, days ?? undefined),
    paymentsCardKeys: async () => listCardKeys(registry, await now()),
    paymentsRotateKey: async (drop) => rotateCardKey(registry, await now(), drop === true),
    paymentsCheck: async (merchant, asked) =>
      orFault(async () => checkFor(deps, await callerOf(merchant), read<GateRequest>(asked, CHECK))),
    paymentsReserve: async (merchant, asked) =>
      orFault(async () => reserveFor(deps, await callerOf(merchant), read<GateRequest>(asked, RESERVE))),
    async paymentsRecord(merchant, attempt, outcome) {
      const said = read<GateOutcome>(outcome, OUTCOME);
      if (said.outcome === 'declined' && said.response === undefined)
        throw new OperationError('expected the response code of a declined attempt, got nothing');
      const answer = await recordFor(deps, await callerOf(merchant), attempt, said);
      return answer ?? noAttempt();
    },
    async paymentsAttempt(merchant, attempt) {
      return (await attemptFor(deps, await callerOf(merchant), attempt)) ?? noAttempt();
    },
  };
}

function noAttempt(): never {
  throw new NotFoundError('no attempt of this merchant has that id: expected at_… as the reservation named it, whole');
}

function read<T>(value: unknown, shape: ObjectShape): T {
  const found = readValue<T>(value, shape);
  if (found.ok) return found.value;
  throw new OperationError((JSON.parse(found.answer.body) as { readonly detail: string }).detail);
}

async function orFault<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof CardFault || error instanceof ContradictionError ? new OperationError(error.message) : error;
  }
}
