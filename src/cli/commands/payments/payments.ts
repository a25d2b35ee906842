/** `counterfoil payments …`: when may a declined card be tried again? One file per group of commands. */
import type { Command } from 'commander';
import type { Environment } from '../../environment.ts';
import { registerAttempt } from './attempt.ts';
import { registerAttempts } from './attempts.ts';
import { registerMerchant } from './merchant.ts';
import { registerRotateKey } from './rotate-key.ts';
import { registerSimulate } from './simulate.ts';

/** Registers the commands. */
export function registerPayments(program: Command, environment: Environment): void {
  const payments = program.command('payments').description('declined cards: who may ask, may it be tried, how it went');
  for (const register of [registerMerchant, registerAttempts, registerAttempt, registerRotateKey, registerSimulate])
    register(payments, environment);
}
