/** Pairing: what comes forged, half, in another form, or not at all. */
import { pairSetup } from '../../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../../src/protocols/hap/keys.ts';
import { encodeTlv, TLV } from '../../../src/protocols/hap/tlv8.ts';
import { attempt, type FaultClass, flipped, late, prelude } from './class.ts';
import { setupCode } from './scene.ts';
import { anywhere, HTTP_CAUSE, SETUP_POINTS, scripted } from './scripted.ts';

const FORGERIES: readonly FaultClass[] = [
  scripted('server-proof', 'pair-setup M4', () => ({ kind: 'wrong-proof' }), ['hap.accessory-proof/wrong']),
  scripted('m5-refused', 'pair-setup M6', () => ({ kind: 'tlv-error', error: 2 }), ['hap.exchange-accepted/refused']),
  scripted('m6-signature', 'pair-setup M6', () => ({ kind: 'wrong-signature' }), ['hap.setup-signature/wrong']),
  {
    id: 'm6-sealed',
    expect: ['hap.setup-sealed/tag'],
    async play(scene) {
      const lamp = await scene.lamp();
      await prelude(scene, lamp);
      const spoil = (bytes: Buffer): Buffer => flipped(bytes, late(scene.random, bytes), scene.random.below(8));
      const at = await scene.through(lamp, (bytes, n) => ({ bytes: [n === 3 ? spoil(bytes) : bytes] }));
      await attempt(pairSetup(at, lamp.code, newIdentity(), scene.options));
    },
  },
  {
    id: 'm6-other-id',
    expect: ['hap.accessory-identity/other'],
    async play(scene) {
      const [meant, other] = [await scene.lamp(), await scene.lamp()];
      const options = { ...scene.options, accessoryId: meant.identity.id };
      await attempt(pairSetup(other.address, other.code, newIdentity(), options));
    },
  },
  scripted('public-key-zero', 'pair-setup M2', ({ random }) => ({ kind: 'body', body: weakM2(random.below(2)) }), [
    'hap.message-parts/public-key',
  ]),
  scripted(
    'salt-missing',
    'pair-setup M2',
    () => ({
      kind: 'body',
      body: encodeTlv([
        [TLV.state, 2],
        [TLV.publicKey, Buffer.alloc(384, 7)],
      ]),
    }),
    ['hap.message-parts/part'],
  ),
  anywhere('wrong-state', () => ({ kind: 'wrong-state' }), ['hap.message-state/other']),
  { ...anywhere('no-state', () => ({ kind: 'no-state' }), ['ok']), warns: 'hap.message-state/missing' },
];

/** M2 with a B that is nothing, or missing. */
function weakM2(kind: number): Buffer {
  const salt = [TLV.salt, Buffer.alloc(16, 1)] as const;
  return encodeTlv([[TLV.state, 2], salt, ...(kind === 0 ? [[TLV.publicKey, Buffer.alloc(384)] as const] : [])]);
}

const BREAKS: readonly FaultClass[] = [
  ...SETUP_POINTS.map((point) => {
    const m = point.slice(-2).toLowerCase();
    return scripted(`setup-silent-${m}`, point, () => ({ kind: 'silence' }), [`hap.answer-in-time/setup-${m}`], true);
  }),
  anywhere('setup-closed', ({ random }) => ({ kind: random.pick(['close', 'reset'] as const) }), [
    'hap.connection-kept/setup',
  ]),
  anywhere('setup-truncated', ({ random }) => ({ kind: 'truncate', bytes: 1 + random.below(60) }), [
    'hap.message-whole/truncated',
  ]),
  anywhere(
    'setup-html',
    () => ({ kind: 'body', body: Buffer.from('<html>sign in</html>'), contentType: 'text/html' }),
    ['hap.message-whole/media-type'],
  ),
  anywhere(
    'setup-garbage',
    ({ random }) => ({ kind: 'body', body: Buffer.from([6, 1, 2, 3, 255, random.below(256), 1]) }),
    ['hap.message-whole/truncated', 'hap.message-whole/malformed'],
  ),
  ...([400, 404, 429, 500, 503] as const).map((status) =>
    anywhere(`setup-http-${status}`, () => ({ kind: 'http-status', status }), [
      `hap.http-status/${HTTP_CAUSE[status]}`,
    ]),
  ),
  {
    id: 'not-http',
    expect: ['hap.message-whole/malformed'],
    async play(scene) {
      const lamp = await scene.lamp();
      const at = await scene.through(lamp, () => ({
        bytes: [Buffer.from(`SSH-2.0-Server_${scene.random.below(9)}\r\n\r\n`)],
      }));
      await attempt(pairSetup(at, lamp.code, newIdentity(), scene.options));
    },
  },
  {
    id: 'too-large',
    expect: ['hap.message-whole/too-large'],
    async play(scene) {
      const lamp = await scene.lamp();
      const head = `HTTP/1.1 200 OK\r\nContent-Type: application/pairing+tlv8\r\nContent-Length: ${10 ** 7 + scene.random.below(10 ** 9)}\r\n\r\n`;
      const at = await scene.through(lamp, () => ({ bytes: [Buffer.from(head)] }));
      await attempt(pairSetup(at, lamp.code, newIdentity(), scene.options));
    },
  },
  {
    id: 'setup-healthy',
    expect: ['ok'],
    async play(scene) {
      const lamp = await scene.lamp();
      await prelude(scene, lamp);
      if (scene.random.chance(0.3))
        await attempt(pairSetup(lamp.address, setupCode(scene.random), newIdentity(), scene.options));
      await pairSetup(lamp.address, lamp.code, newIdentity(), scene.options);
    },
  },
];

/** All of them. */
export const MESSAGES: readonly FaultClass[] = [...FORGERIES, ...BREAKS];
