/** What both ends of the admin socket share: bounded lines of JSON, the names that can be called, versions. */
import { connect, type Socket } from 'node:net';
import type { Operations } from './operations.ts';

/** One message: a JSON object. */
export type Message = Readonly<Record<string, unknown>>;

/** Only these are callable; the compiler keeps the list whole. */
export const CALLABLE: Readonly<Record<keyof Operations, true>> = {
  status: true,
  addApp: true,
  editApp: true,
  listApps: true,
  showApp: true,
  removeApp: true,
  addUser: true,
  listUsers: true,
  setUserRole: true,
  removeUser: true,
  previewShare: true,
  share: true,
  shares: true,
  revokeShare: true,
  openShare: true,
  receiptKeys: true,
  keys: true,
  checkAudit: true,
  auditChecked: true,
  accountEvents: true,
  mint: true,
  mintOwnership: true,
  ownershipStatus: true,
  codes: true,
  grants: true,
  effects: true,
  verdicts: true,
  tallies: true,
  verdict: true,
  timeline: true,
  replay: true,
  fixes: true,
  applyFix: true,
  revoke: true,
  upd: true,
  explainRequest: true,
  explainCode: true,
  paymentsAddMerchant: true,
  paymentsListMerchants: true,
  paymentsEditMerchant: true,
  paymentsAddKey: true,
  paymentsCardKeys: true,
  paymentsRotateKey: true,
  paymentsCheck: true,
  paymentsReserve: true,
  paymentsRecord: true,
  paymentsAttempt: true,
  homeDiscover: true,
  homePair: true,
  homeAccessories: true,
  homeNames: true,
  homeAccessory: true,
  homeGet: true,
  homeSet: true,
  homeWatch: true,
  homeChanges: true,
  homePairings: true,
  homeRemovePairing: true,
  homeForget: true,
  homeSetupCode: true,
  homeExamine: true,
};

/** How long either end waits for the other's hello. */
export const HELLO_MS = 3_000;

const NEWLINE = 0x0a;

/** Calls `on` for each line that comes. A line over `maxBytes`, bad UTF-8, or no JSON object destroys the socket. */
export function readLines(socket: Socket, maxBytes: number, on: (message: Message) => void): void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  socket.on('data', (chunk: Buffer) => {
    let start = 0;
    while (start < chunk.length && !socket.destroyed) {
      const end = chunk.indexOf(NEWLINE, start);
      const piece = chunk.subarray(start, end < 0 ? chunk.length : end);
      heldBytes += piece.length;
      if (heldBytes > maxBytes) return void socket.destroy();
      held.push(piece);
      if (end < 0) return;
      const message = parse(Buffer.concat(held));
      if (!message) return void socket.destroy();
      held = [];
      heldBytes = 0;
      start = end + 1;
      on(message);
    }
  });
}

/** Sends one message; on a socket that has gone, nothing happens. */
export function writeLine(socket: Socket, message: Message): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function parse(line: Buffer): Message | undefined {
  try {
    const value: unknown = JSON.parse(UTF8.decode(line));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Message) : undefined;
  } catch {
    return undefined;
  }
}

/** A connection, or undefined when nobody listens. */
export function dial(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (fault: NodeJS.ErrnoException) =>
      fault.code === 'ENOENT' || fault.code === 'ECONNREFUSED' || fault.code === 'ENOTSOCK'
        ? resolve(undefined)
        : reject(fault),
    );
  });
}

/** Versions understand each other up to the first number that is not zero, as npm's caret has it. */
export function compatible(a: string, b: string): boolean {
  const [majorA, minorA] = a.split('.');
  const [majorB, minorB] = b.split('.');
  return majorA === majorB && (majorA !== '0' || minorA === minorB);
}
