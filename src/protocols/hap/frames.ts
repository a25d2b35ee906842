/**
 * The frames of an encrypted session, the same at both ends (HAP §6.5.2): a length in two bytes, little-endian, which is also the
 * additional data; up to 1,024 bytes of ciphertext; a tag of 16. Each direction has its key and counts its frames from 0.
 */
import { open, seal, TAG_BYTES } from './keys.ts';

/** Most plain bytes in a frame. */
export const FRAME_MAX = 1024;
const HEAD = 2;

/** Plain bytes to frames, in order. Each call continues the count. */
export type Sealer = (plain: Uint8Array) => Buffer;

/** The plain bytes of the whole frames so far, or why the stream ends here; `frame` is its number, from 0. */
export type Opened =
  | { readonly ok: true; readonly plain: Buffer }
  | { readonly ok: false; readonly fault: 'length' | 'tag'; readonly frame: number };

/** Takes bytes as they come. After the first fault it answers nothing else: close the connection at once. */
export interface Opener {
  push(bytes: Uint8Array): Opened;
  /** Whole frames opened so far. */
  frames(): number;
  /** Bytes of a frame that is not complete yet, at most 1,041. */
  held(): number;
}

/** The sending half of a direction. */
export function createSealer(key: Uint8Array): Sealer {
  let frame = 0;
  return (plain) => {
    const parts: Buffer[] = [];
    for (let at = 0; at < plain.length; at += FRAME_MAX) {
      const piece = plain.subarray(at, at + FRAME_MAX);
      const head = Buffer.alloc(HEAD);
      head.writeUInt16LE(piece.length);
      parts.push(head, seal(key, frame++, piece, head));
    }
    return Buffer.concat(parts);
  };
}

/** The receiving half of a direction. Holds less than one frame, however much is pushed. */
export function createOpener(key: Uint8Array): Opener {
  let held: Buffer = Buffer.alloc(0);
  let frame = 0;
  let ended: Opened | undefined;
  const end = (fault: 'length' | 'tag'): Opened => {
    held = Buffer.alloc(0);
    ended = { ok: false, fault, frame };
    return ended;
  };
  return {
    push(bytes) {
      if (ended !== undefined) return ended;
      const all = Buffer.concat([held, bytes]);
      const plain: Buffer[] = [];
      let at = 0;
      while (all.length - at >= HEAD) {
        const length = all.readUInt16LE(at);
        if (length > FRAME_MAX) return end('length');
        const next = at + HEAD + length + TAG_BYTES;
        if (all.length < next) break;
        const opened = open(key, frame, all.subarray(at + HEAD, next), all.subarray(at, at + HEAD));
        if (opened === undefined) return end('tag');
        plain.push(opened);
        frame++;
        at = next;
      }
      held = Buffer.from(all.subarray(at));
      return { ok: true, plain: Buffer.concat(plain) };
    },
    frames: () => frame,
    held: () => held.length,
  };
}
