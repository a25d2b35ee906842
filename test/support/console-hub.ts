/** The hub that tests of the pages about grants and accessories begin with: an app for the lamp, and ada, who runs the hub. */
import { expect, vi } from 'vitest';
import { words } from './app-owner.ts';
import { startTestHub, type TestHub } from './hub.ts';
import { addPublic, DIRECT_SCOPES } from './outside.ts';
import { PASSWORD, signedIn, type Visitor } from './visitor.ts';

/** The app, and the id of its pairing. */
export const APP = 'my_app_123';
export const PAIRING = 'A1B2C3D4-0000-4000-8000-000000000001';

/** Starts it; on the machine's clock unless another is given. */
export async function startConsoleHub(clock?: () => number): Promise<{ readonly t: TestHub; readonly ada: Visitor }> {
  const t = await startTestHub({ ...(clock && { clock }) });
  await t.hub.operations.addUser('ada', PASSWORD);
  await addPublic(t, APP, { name: 'Hallway Lights', scopes: DIRECT_SCOPES });
  return { t, ada: await signedIn(t.url) };
}

/** Stops it. @throws when anything went wrong inside */
export async function stopConsoleHub(t: TestHub): Promise<void> {
  await t.close();
  expect(t.faults).toEqual([]);
}

/** Waits until the page's words match; `first` runs before each look. */
export async function becomes(who: Visitor, path: string, pattern: RegExp, first?: () => void): Promise<void> {
  const look = async (): Promise<void> => {
    first?.();
    expect(words(await who.get(path))).toMatch(pattern);
  };
  await vi.waitFor(look, { timeout: 15_000, interval: 50 });
}
