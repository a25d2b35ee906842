/** The new owner's part, over real sessions with an accessory of our own. */
import { afterEach, describe, expect, it } from 'vitest';
import { addController, type Lamp, pairAndOpen, startLamp, stopLamps } from '../../../test/hap/accessory-case.ts';
import type { FaultScript } from '../../protocols/hap/accessory/index.ts';
import { openSession } from '../../protocols/hap/controller.ts';
import type { Session } from '../../protocols/hap/session.ts';
import { LAST_ERRORS } from './effects.ts';
import { takeOver } from './take-over.ts';

afterEach(stopLamps);

interface Taken {
  readonly lamp: Lamp;
  readonly own: string;
  readonly to: { readonly id: string; readonly key: string };
  readonly session: Session;
  ids(): string[];
}

/** An accessory of an old owner and a guest, and the new owner at its door. */
async function begun({ admin = true, faults }: { admin?: boolean; faults?: FaultScript } = {}): Promise<Taken> {
  const lamp = await startLamp(faults ? { faults } : {});
  const { paired, session: old } = await pairAndOpen(lamp);
  await addController(old, paired, false);
  const added = await addController(old, paired, admin);
  const { id, publicKey } = added.identity;
  return {
    lamp,
    own: paired.identity.id,
    to: { id, key: Buffer.from(publicKey).toString('base64url') },
    session: await openSession(lamp.address, added),
    ids: () => lamp.server.pairings().map((one) => one.id),
  };
}

describe('taking over', () => {
  it('tells what it listed before anybody goes, lets users go first and the old owner last, and tells again', async () => {
    const { own, to, session, ids } = await begun();
    const before = ids();
    const told: (readonly string[])[] = [];
    const steps: unknown[] = [];
    const step = await takeOver(
      session,
      { own, to },
      {
        async tell(listed) {
          expect(ids()).toEqual(listed.map(({ id }) => id));
          told.push(ids());
        },
        onStep: (one) => steps.push(one),
      },
    );
    expect(step).toEqual({ do: 'done' });
    expect(told).toEqual([before, [to.id]]);
    expect(steps).toEqual([
      { do: 'remove', as: 'new', id: before[1] },
      { do: 'remove', as: 'new', id: own },
    ]);
  });

  it('keeps whom the new owner keeps', async () => {
    const { own, to, session, ids } = await begun();
    const [, guest = ''] = ids();
    await takeOver(session, { own, to, keep: [guest] });
    expect(ids()).toEqual([guest, to.id]);
  });

  it('removes nobody when the hub cannot be told', async () => {
    const { own, to, session, ids } = await begun();
    const tell = () => Promise.reject(new Error('the hub is away'));
    await expect(takeOver(session, { own, to }, { tell })).rejects.toThrow('the hub is away');
    expect(ids()).toHaveLength(3);
  });

  it('removes nobody as a user, or when the list has its id with another key', async () => {
    const user = await begun({ admin: false });
    expect(await takeOver(user.session, user)).toEqual({ do: 'list', as: 'old' });
    expect(user.ids()).toHaveLength(3);
    const { own, to, session, ids } = await begun();
    expect(await takeOver(session, { own, to: { ...to, key: 'another' } })).toEqual({ do: 'list', as: 'old' });
    expect(ids()).toHaveLength(3);
  });

  it('ends with an error at an accessory that acknowledges and keeps', async () => {
    const faults: FaultScript = (point) => (point === 'remove-pairing' ? { kind: 'acknowledge-but-keep' } : undefined);
    const { own, to, session, ids } = await begun({ faults });
    await expect(takeOver(session, { own, to })).rejects.toThrow(LAST_ERRORS.kept);
    expect(ids()).toHaveLength(3);
  });
});
