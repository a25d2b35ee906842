/**
 * `counterfoil/core`: the engine alone, without any profile, store or protocol. Everything a core file exports is
 * public here; what is private to a file is not exported there.
 */
export * from './column.ts';
export * from './decide.ts';
export * from './limit.ts';
export * from './match.ts';
export * from './model.ts';
export * from './near-miss.ts';
export * from './rule.ts';
export * from './show.ts';
export * from './verdict.ts';
export * from './withhold.ts';
