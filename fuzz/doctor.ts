/** The reader of HomeKit logs: our transcripts as JSON, and whatever other software writes. */
import { leaves } from '../src/core/verdict.ts';
import { explainHome } from '../src/inspectors/home/home.ts';
import { tables } from '../src/inspectors/home/profile.ts';
import { law, type Target, vectors, weigh } from './target.ts';

const RULES = tables.transcript.flatMap((phase) => phase.rules).length;
/** A setup code and a key, as logs show them. */
const SECRETS = ['031-45-154', '9f86d081884c7d659a2feaa0c55ad015'];

const OWN = [
  '{"atMs":1,"step":"connect","event":"done","facts":{"address":"10.0.0.7","port":5001}}\n{"atMs":9,"step":"pair-setup M4","event":"received","facts":{"state":4,"error":2}}',
  '[{"atMs":1,"step":"read","event":"failed","facts":{"check":"tag","frame":3}}]',
];

export const DOCTOR: Target = {
  name: 'home-log',
  seeds: () => [...vectors('home-log'), ...OWN],
  pieces: [
    ...SECRETS,
    'pair-setup',
    'pair-verify',
    'M4: Error: 2',
    'OSStatus code -6754',
    'HMErrorDomain Code=17',
    'connect ECONNREFUSED 10.0.0.1:80',
    'status: -70402',
    'Unable to pair',
    '    at parsePairVerifyM4',
    '"facts":{',
    '\n',
  ],
  run(input) {
    const verdict = explainHome(input);
    law(JSON.stringify(explainHome(input)) === JSON.stringify(verdict), 'the same log has the same verdict');
    law(leaves(verdict.checks ?? []).length === RULES, 'every rule has a line');
    law(weigh(verdict.snapshot) <= 20 * input.length + 500, 'what is kept is bounded by what came');
    if (!/[{[]/.test(input)) {
      const told = JSON.stringify(verdict);
      law(!SECRETS.some((secret) => told.includes(secret)), 'nothing of a foreign line is repeated but its facts');
    }
    return verdict.decisive === 'hap.log-understood' ? undefined : (verdict.cause ?? 'ok');
  },
};
