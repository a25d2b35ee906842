/** How much a soak or fuzz file does: its own fixed amount of work, times the rounds asked for (`--rounds N`). */
export const ROUNDS: number = Number(process.env['SOAK_ROUNDS'] ?? '1');
