import { backendKey } from '../lifecycle/backend-key.ts';
import { type Fate, isSameFate } from '../replay/fates.ts';
import { hashPolicy, type Policy } from '../replay/policy.ts';
import type { Replay } from '../replay/replay-policy.ts';
import { EXIT } from './exit-codes.ts';
import type { ReplayDocument } from './json/replay-document.ts';

/** What one policy would have done. */
export interface PolicyReplay {
  /** The file of the policy. */
  readonly file: string;
  readonly policy: Policy;
  readonly replay: Replay;
}

/**
 * What one policy would have done beside what was planned, or two policies beside each other: per backend and summed.
 *
 * @param files the recordings' paths, in the order of the steps
 */
export function compareReplays(
  target: string,
  files: readonly string[],
  replays: readonly PolicyReplay[],
): ReplayDocument {
  const policies = replays.map(summarize);
  const [first, second] = policies;
  const backends = listBackends(replays);
  const moved = backends.filter(({ same }) => !same).length;
  const differs = second === undefined ? first?.asRecorded !== files.length : moved > 0;
  const times = replays[0]?.replay.steps.map(({ at }) => at) ?? [];
  return {
    schema: 'slotkeeper.replay/1',
    exitCode: differs ? EXIT.acted : EXIT.nothingToDo,
    differs,
    target,
    from: times[0] ?? '',
    to: times.at(-1) ?? '',
    policies,
    difference:
      first === undefined || second === undefined
        ? null
        : {
            warnings: second.warnings - first.warnings,
            terminations: second.terminations - first.terminations,
            usedAfterEnd: second.usedAfterEnd - first.usedAfterEnd,
            refused: second.refused - first.refused,
            backends: moved,
          },
    snapshots: files.map((file, index) => ({
      file,
      at: times[index] ?? '',
      plans: replays.flatMap(({ replay }) => replay.steps.slice(index, index + 1).map(toPlan)),
    })),
    backends,
  };
}

function toPlan({ plan, refused, asRecorded }: Replay['steps'][number]) {
  return { planHash: plan.hash, warn: plan.counts.warn, terminate: plan.counts.terminate, refused, asRecorded };
}

function summarize({ file, policy, replay }: PolicyReplay): ReplayDocument['policies'][number] {
  const fates = [...replay.fates.values()];
  const deeds = fates.flatMap((fate) => fate.deeds);
  return {
    file,
    policyHash: hashPolicy(policy),
    warnings: deeds.filter(({ action }) => action === 'warn').length,
    terminations: deeds.filter(({ action }) => action === 'terminate').length,
    usedAfterEnd: fates.filter(({ usedAfterEnd }) => usedAfterEnd).length,
    refused: replay.steps.filter(({ refused }) => refused !== null).length,
    asRecorded: replay.steps.filter(({ asRecorded }) => asRecorded === true).length,
  };
}

/** Those that differ first, then in the order of time. */
function listBackends(replays: readonly PolicyReplay[]): ReplayDocument['backends'] {
  const all = new Map(replays.flatMap(({ replay }) => [...replay.fates]));
  const listed = [...all.values()].map(({ identity, application }) => {
    const fates = replays.map(({ replay }) => replay.fates.get(backendKey(identity)));
    return {
      ...identity,
      application,
      same: fates.every((fate) => isSameFate(fate, fates[0])),
      fates: fates.map(toFate),
    };
  });
  return listed.toSorted(
    (a, b) => Number(a.same) - Number(b.same) || begin(a).localeCompare(begin(b)) || a.pid - b.pid,
  );
}

function toFate(fate: Fate | undefined): ReplayDocument['backends'][number]['fates'][number] {
  return { deeds: [...(fate?.deeds ?? [])], usedAfterEnd: fate?.usedAfterEnd ?? false };
}

function begin({ fates }: ReplayDocument['backends'][number]): string {
  return fates.flatMap(({ deeds }) => deeds.map(({ at }) => at)).sort()[0] ?? '';
}
