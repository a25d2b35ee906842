/** How the command ends: exit codes, and the two kinds of fault a person can cause. */
import { NotFoundError, OperationError } from '../server/operations.ts';
import { safe } from './render/text.ts';

/** 130 is what a shell expects after Ctrl-C. */
export const EXIT = { ok: 0, refused: 1, usage: 2, undecided: 3, interrupted: 130, fault: 70 } as const;

/** One of `EXIT`. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake on the command line. `message` says what was expected and what came, `hint` what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** The person pressed Ctrl-C at a question. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Faults of the file that the person named, by name (the adapters are not ours to import), and what to do about them. */
const STORE_FAULTS: ReadonlyMap<string, string> = new Map([
  ['StoreFileError', 'the file was left as it is; --db names another'],
  ['StoreBusyError', 'another process holds the data: try again in a moment'],
]);

/** One line, a hint line where there is one, and the exit code. The stack only with COUNTERFOIL_DEBUG set. */
export function explainFault(fault: unknown, debug: boolean): { readonly text: string; readonly code: ExitCode } {
  if (fault instanceof Interrupted) return { text: '', code: EXIT.interrupted };
  const error = fault instanceof Error ? fault : new Error(String(fault));
  const stack = debug && error.stack ? `${error.stack.split('\n').map(safe).join('\n')}\n` : '';
  const line = `counterfoil: ${safe(error.message.replaceAll('\n', ' '))}\n`;
  if (error instanceof UsageError) return { text: `${line}  hint: ${safe(error.hint)}\n${stack}`, code: EXIT.usage };
  if (error instanceof NotFoundError) return { text: line + stack, code: EXIT.refused };
  if (error instanceof OperationError) return { text: line + stack, code: EXIT.usage };
  const told = STORE_FAULTS.get(error.name);
  if (told !== undefined) return { text: `${line}  hint: ${told}\n${stack}`, code: EXIT.usage };
  const hint = debug ? '' : '  hint: this is a fault of ours; COUNTERFOIL_DEBUG=1 shows where\n';
  return { text: line + hint + stack, code: EXIT.fault };
}
