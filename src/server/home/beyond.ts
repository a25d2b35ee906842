/**
 * The home profile behind OAuth: home scopes are judged when a person decides and again when the code is redeemed, and a
 * redeemed direct scope owes a pairing. This is where the two profiles meet; neither knows the other.
 */
import { strikeOf } from '../../core/limit.ts';
import { uncovered } from '../../profiles/home/capability.ts';
import {
  type AccessoryFacts,
  CODE_FORMAT,
  directOf,
  type GrantCase,
  namedAccessories,
} from '../../profiles/home/case.ts';
import { effectsOwed, type ProvenPairing } from '../../profiles/home/effects.ts';
import { isAct } from '../../profiles/home/ownership-effect.ts';
import { boundFacts, judge } from '../../profiles/home/profile.ts';
import { isWeak, readStatement } from '../../profiles/home/prove/hap-key.ts';
import { ALIASES, isHomeScope, readScope } from '../../profiles/home/scope.ts';
import { serviceType } from '../../profiles/home/types.ts';
import { refusalOf, verdictOf } from '../../profiles/home/verdicts.ts';
import { consentSentence, namesOf } from '../../profiles/home/words.ts';
import type { Asked, Beyond, Objection, Owed, Redeeming } from '../../profiles/oauth/deps.ts';
import { newId } from '../../protocols/typed-code/typed-code.ts';
import type { Refusal } from '../../store/port.ts';
import type { House, PairedRecord } from '../accessories/house.ts';

/** What the join needs. */
export interface HomeDeps {
  readonly house: Pick<House, 'get' | 'record' | 'identity'>;
  /** The hub's issuer, and the other origins that name it. */
  readonly origins: readonly string[];
}

/** Judges and owes for home scopes; says nothing of any other. */
export function homeBeyond(deps: HomeDeps): Beyond {
  return {
    async consent(asked) {
      if (!concerned(asked)) return undefined;
      return objection(await caseOf(deps, asked, 'consent'), asked);
    },
    async redeem(redeeming) {
      if (!concerned(redeeming)) return NOTHING;
      const { now, scopes, grant, sender, hapJkt, pairingId } = redeeming;
      const statement = statementOf(deps, redeeming);
      const c: GrantCase = {
        ...(await caseOf(deps, redeeming, 'redemption')),
        ...(sender && { sender: senderOf(sender) }),
        ...(statement && { hapKey: statement.facts }),
        code: { format: CODE_FORMAT, policyEpoch: grant.policyEpoch },
      };
      const against = objection(c, redeeming, redeeming);
      if (against) return against;
      const publicKey = hapJkt === undefined ? sender?.x : statement?.publicKey;
      const act = c.ownership?.code;
      const pairing: ProvenPairing | undefined =
        act === 'reset' || pairingId === undefined || publicKey === undefined
          ? undefined
          : { id: pairingId, publicKey, role: c.pairing?.role ?? 'user' };
      const kept = { code: c.code, accessories: c.accessories };
      if (!pairing && act !== 'reset') return { ...NOTHING, kept };
      const owing = { grant: grant.id, scopes, ...(pairing && { pairing }), ...(act && { act }) };
      const effects = effectsOwed(owing, now, () => newId('ef_', now));
      if (effects.length === 0) return { ...NOTHING, kept };
      return { effects, kept, response: await pairingsTold(deps, redeeming, effects) };
    },
    facts: boundFacts,
    covered(granted, asked) {
      const foreign = new Set(uncovered(granted, asked));
      return asked.filter((scope) => !foreign.has(scope));
    },
    // A pairing is for good and without limits: nobody gets one by forgetting to say what they want.
    explicit(scope) {
      const read = readScope(scope);
      return read?.ok === true && read.scope.kind === 'direct';
    },
  };
}

/** What scopes mean to the person who is asked, with the names that the accessories have here. */
export function meaningsOf({ list }: Pick<House, 'list'>): (scopes: readonly string[]) => Promise<Map<string, string>> {
  return async (scopes) => {
    const names = namesOf(
      (await list()).map((accessory) => {
        const { id, name } = accessory;
        // A person does not wait for a device: an accessory that was never read is told by its name alone.
        const services = accessory.serviceTypes()?.map((type) => serviceType(type) ?? type);
        return { id, name, ...(services && { services }) };
      }),
    );
    return new Map(
      scopes.flatMap((scope) => {
        const means = consentSentence(scope, names);
        return means === undefined ? [] : [[scope, means] as const];
      }),
    );
  };
}

const NOTHING: Owed = { effects: [] };

/** Older names of capabilities are always sound, and owe nothing. */
function concerned(asked: Asked | Redeeming): boolean {
  const { scopes, ownership, hapJkt } = asked;
  if (ownership !== undefined || hapJkt !== undefined || ('form' in asked && asked.form.has('ownership'))) return true;
  return scopes.some((scope) => isHomeScope(scope) && !ALIASES.has(scope));
}

async function caseOf({ house }: HomeDeps, asked: Asked | Redeeming, stage: GrantCase['stage']): Promise<GrantCase> {
  const { now, scopes, pairingId, jkt, hapJkt, ownership } = asked;
  const accessories = await Promise.all(namedAccessories(scopes).map((id) => factsOf(house, id)));
  const act = isAct(ownership) ? ownership : undefined;
  const says = 'form' in asked ? asked.form.get('ownership') : ownership;
  const wants = isAct(says) ? says : undefined;
  return {
    now,
    stage,
    scopes,
    // Naming a HAP key asks for a pairing. A code tied to a pairing id alone is for that pairing's holder: nothing is added.
    asksPairing: hapJkt !== undefined || ('form' in asked && asked.form.has('hap_key')),
    ...(pairingId !== undefined && {
      pairing: { id: pairingId, role: act === 'transfer' || act === 'additional' ? 'admin' : 'user' },
    }),
    bound: {
      ...(pairingId !== undefined && { pairing_id: pairingId }),
      ...(jkt !== undefined && { jkt }),
      ...(hapJkt !== undefined && { hap_jkt: hapJkt }),
    },
    ...((act || wants) && { ownership: { ...(wants && { act: wants }), ...(act && { code: act }) } }),
    accessories: accessories.filter((facts) => facts !== undefined),
  };
}

/** Nothing is asked of the accessory itself here: a redemption does not wait for a device. */
async function factsOf(house: HomeDeps['house'], id: string): Promise<AccessoryFacts | undefined> {
  const accessory = await house.get(id);
  return accessory && { id, hub: 'admin', hubPairing: house.identity.id, ...accessory.versions() };
}

function senderOf({ jkt, curve, x, hapJkt }: NonNullable<Redeeming['sender']>): NonNullable<GrantCase['sender']> {
  return {
    thumbprint: jkt,
    ...(curve !== undefined && { curve }),
    ...(curve === 'Ed25519' && x !== undefined && isWeak(x) && { weak: true }),
    ...(hapJkt !== undefined && { names: hapJkt }),
  };
}

function statementOf({ origins }: HomeDeps, redeeming: Redeeming): ReturnType<typeof readStatement> | undefined {
  const text = redeeming.form.get('hap_key');
  if (text === undefined) return undefined;
  const { presented: code, pairingId, sender } = redeeming;
  return readStatement(text, {
    aud: origins,
    code,
    ...(sender && { jkt: sender.jkt }),
    ...(pairingId !== undefined && { pairingId }),
  });
}

function objection(c: GrantCase, asked: Asked, redeeming?: Redeeming): Objection | undefined {
  const judgement = judge('grant', c);
  if (judgement.ok) return undefined;
  const verdict = verdictOf(c, judgement, {
    action: 'grant',
    source: asked.source,
    ...(asked.clientId !== undefined && { subject: asked.clientId }),
    ...(redeeming && { grant: redeeming.grant.id, code: redeeming.codeId }),
  });
  // Whoever redeems holds the code, and OAuth has found it live: a failed proof of its HAP key counts as any other does.
  const strike = redeeming && judgement.counts && strikeOf('opaque', { by: 'holder', code: redeeming.codeId });
  const kept: Refusal = strike ? { now: c.now, verdict, strike } : refusalOf(c, verdict);
  return {
    refusal: judgement.decisive?.refusal ?? 'invalid_scope',
    keep: kept,
    checks: judgement.checks,
  };
}

/** A hub pairs with its own lamp when that is first needed. When it is away, the app learns who it is from `status_uri`. */
async function recordOf(house: HomeDeps['house'], id: string): Promise<PairedRecord | undefined> {
  const known = await house.record(id);
  if (known) return known;
  await (await house.get(id))?.identity().catch(() => undefined);
  return house.record(id);
}

/**
 * The last step of HAP §5.10.2, which leaves it to "an out-of-band mechanism" how the new controller learns of the
 * accessory: its id and long-term key come with the tokens, and where to see whether the pairing is there yet.
 */
async function pairingsTold(
  { house, origins }: HomeDeps,
  { scopes, ownership }: Redeeming,
  effects: Owed['effects'],
): Promise<NonNullable<Owed['response']>> {
  const told = await Promise.all(
    directOf(scopes).map(async ({ accessory: id }) => {
      const effect = effects.find(({ target }) => target === id);
      const record = await recordOf(house, id);
      return {
        accessory: id,
        state: effect?.state ?? 'due',
        ...(record && { accessory_id: record.hapId, ltpk: record.key }),
        status_uri: `${origins[0]}/api/${ownership === undefined ? 'pairings' : 'ownership'}`,
      };
    }),
  );
  return { pairings: told, ...(ownership !== undefined && { ownership, hub_pairing_id: house.identity.id }) };
}
