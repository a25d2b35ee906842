import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { find, type HomeCase, text } from '../case.ts';
import { ladder } from '../fixes.ts';

/** Somebody answered the question on mDNS. */
export const accessoryFound: Rule<HomeCase> = {
  id: 'hap.accessory-found',
  cite: 'HAP §6.4',
  refusal: 'not_reached',
  why: 'an accessory that does not announce itself cannot be asked anything, and no code will help',
  causes: {
    gone: {
      say: 'the accessory said goodbye on mDNS: it was switched off, restarts, or leaves the network',
      fixes: [
        {
          audience: 'owner',
          say: 'see that it has power and is back on the Wi-Fi; after a restart it comes back within a minute',
        },
        ...ladder('power-cycle'),
      ],
    },
    silent: {
      say: 'no accessory of that id announces itself on this network',
      fixes: [
        { audience: 'owner', say: 'see that the accessory has power and has joined the Wi-Fi (its light tells)' },
        ...ladder('same-network', 'power-cycle', 'factory-reset'),
      ],
    },
  },
  check: (c) => {
    const silent = find(c, ['discover'], ({ event }) => event === 'timeout' || event === 'failed');
    if (silent && silent.facts['check'] === undefined) {
      const waited = silent.facts['waited_ms'] ?? silent.facts['deadline_ms'];
      return fail('silent', waited === undefined ? {} : { detail: `nobody answered in ${String(waited)} ms` });
    }
    const last = c.entries.findLast(({ step, event }) => step === 'discover' && event === 'received');
    if (last?.facts['presented'] === 'gone') return fail('gone', { presented: text(last.facts, 'txt_id') ?? 'gone' });
    return find(c, ['discover'], ({ event }) => event === 'received' || event === 'done')
      ? pass()
      : skip('mDNS was not asked in this dialogue');
  },
};
