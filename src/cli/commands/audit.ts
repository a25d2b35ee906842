/** `counterfoil audit verify` and `audit key`: has anybody altered what was kept? */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { auditKey, auditVerifier } from '../../server/audit.ts';
import { backupKey, readBackup } from '../../server/backup.ts';
import type { Head } from '../../store/audit.ts';
import type { checkTrail as CheckTrail, TrailFaultKind, TrailReport } from '../../store/trail.ts';
import { action, type Cli } from '../cli.ts';
import type { Environment } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { teach } from '../help.ts';
import type { Opener } from '../open.ts';
import type { Register } from '../program.ts';
import { counted } from '../render/consequence.ts';
import { shortId } from '../render/id.ts';
import type { Line } from '../render/line.ts';
import { blanks, span } from '../render/text.ts';
import { rowCounter, using, withData } from './data.ts';

interface VerifyOptions {
  readonly head?: string;
  readonly backup?: string;
  readonly publicKey?: string;
}

const SHOWN = 20;

/** The command with its two verbs. `checkTrail` comes from the composition root: no command knows a store's code. */
export function registerAudit(openData: Opener['openData'], checkTrail: typeof CheckTrail): Register {
  return (program: Command, environment: Environment) => {
    const audit = program.command('audit').description('has anybody altered what was kept?');
    const verify = audit
      .command('verify')
      .description('check every verdict against the signed audit trail')
      .option('--head <head>', 'a head that an earlier check printed: it must be there still')
      .option('--backup <file>', 'check a backup instead of the data')
      .option('--public-key <file>', 'the public key as PEM, where it is not the one of this data');
    verify.action(
      action<VerifyOptions>(environment, async (cli, options) => {
        const head = options.head === undefined ? undefined : readHead(options.head);
        const { publicKey, backup } = options;
        const given = publicKey === undefined ? undefined : await readKey(publicKey);
        const counter = rowCounter(cli, 'read');
        const report = await withData(cli, openData, async ({ upkeep, master }) => {
          const key = auditKey(master);
          if (backup === undefined) await upkeep.sign(key.sign);
          const check = { holds: given ?? key.holds, head };
          if (backup === undefined) return checkTrail(await upkeep.dump(), check);
          const options = { trusted: true, onProgress: counter.at };
          return using(backup, async () => checkTrail(await readBackup(backup, backupKey(master), options), check));
        }).finally(counter.done);
        if (cli.json) cli.printJson(report);
        else cli.print(reportLines(report, cli));
        return report.faultCount === 0 ? EXIT.ok : EXIT.refused;
      }),
    );
    teach(verify, {
      examples: ['audit verify', 'audit verify --head 3q2x…/118/9f3c…', 'audit verify --backup hub.backup'],
      json: '{verdicts, links, chains, checkpoints, erased, unsigned, untrailed, faultCount, faults: [{kind, what, say}], head}',
    });
    const key = audit.command('key').description('print the public key that checks the trail elsewhere');
    key.action(
      action(environment, async (cli) => {
        const { publicPem } = await withData(cli, openData, async ({ master }) => auditKey(master));
        if (cli.json) cli.printJson({ publicKey: publicPem });
        else
          cli.print(
            publicPem
              .trim()
              .split('\n')
              .map((line) => [span(cli.style, line)]),
          );
        return EXIT.ok;
      }),
    );
    teach(key, { examples: ['audit key > hub.pem'], json: '{publicKey}' });
  };
}

async function readKey(file: string): Promise<(text: string, signature: string) => boolean> {
  const pem = await using(file, () => readFileSync(file, 'utf8'));
  try {
    return auditVerifier(pem);
  } catch {
    throw new UsageError(`expected an Ed25519 public key as PEM in ${file}`, 'counterfoil audit key prints one');
  }
}

function readHead(text: string): Head {
  const [, chain, seq, hash] = /^([\w-]{1,40})\/(\d{1,15})\/([0-9a-f]{64})$/.exec(text) ?? [];
  if (chain === undefined || seq === undefined || hash === undefined)
    throw new UsageError(
      'expected a head as an earlier check printed it: chain/number/hash',
      'counterfoil audit verify',
    );
  return { chain, seq: Number(seq), hash };
}

const WORD: Readonly<Record<TrailFaultKind, string>> = {
  altered: 'altered',
  removed: 'removed',
  invented: 'invented',
  'link-altered': 'link altered',
  'link-missing': 'link missing',
  'checkpoint-false': 'false signature',
  'head-missing': 'head missing',
};

function reportLines(report: TrailReport, { style }: Cli): Line[] {
  const { faults, faultCount, head, verdicts, erased, unsigned, untrailed, links, chains, checkpoints } = report;
  const sound = faultCount === 0;
  const found: Line[] = faults
    .slice(0, SHOWN)
    .map(({ kind, what, say }) => [
      blanks(2),
      span(style, `${WORD[kind].padEnd(16)}`, 'bad'),
      span(style, what.startsWith('vd_') ? shortId(what) : what, 'id'),
      span(style, `  ${say}`),
    ]);
  const more: Line[] =
    faultCount > SHOWN ? [[span(style, `  and ${faultCount - SHOWN} more: --json lists a thousand`, 'faint')]] : [];
  const trail = `${counted(links, 'link')} in ${counted(chains, 'chain')}, ${counted(checkpoints, 'signature')}`;
  const aside = [
    ...(unsigned > 0 ? [`${counted(unsigned, 'link')} not signed yet`] : []),
    ...(erased > 0 ? [`${counted(erased, 'verdict')} erased on request`] : []),
    ...(untrailed > 0 ? [`${counted(untrailed, 'verdict')} from before there was a trail`] : []),
  ];
  return [
    [
      span(style, sound ? 'sound' : counted(faultCount, 'fault'), sound ? 'good' : 'bad'),
      span(style, `  ${counted(verdicts, 'verdict')}, ${trail}`),
    ],
    ...found,
    ...more,
    ...aside.map((text): Line => [span(style, `  ${text}`, 'faint')]),
    ...(head ? [[span(style, `  head ${head.chain}/${head.seq}/${head.hash}`, 'faint')]] : []),
  ];
}
