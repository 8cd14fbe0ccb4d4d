import { loadConfig } from '../../config/load-config.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { inHashedNames } from '../../replay/in-hashed-names.ts';
import { type Policy, policyOf } from '../../replay/policy.ts';
import { type ReplayInput, replayPolicy } from '../../replay/replay-policy.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import { compareReplays } from '../compare-replays.ts';
import type { ExitCode } from '../exit-codes.ts';
import { replayDocument } from '../json/replay-document.ts';
import type { SnapshotDocument } from '../json/snapshot-document.ts';
import { readRecording } from '../recordings/read-recording.ts';
import { renderReplay } from '../render/render-replay.ts';

export interface ReplayOptions {
  /** Files that --record has written, in any order. */
  readonly snapshot: readonly string[];
  /** One or two configuration files. */
  readonly policy: readonly string[];
  readonly target?: string;
  readonly json?: boolean;
}

interface RecordedFile {
  readonly path: string;
  readonly document: SnapshotDocument;
}

/** No recording is of the target that was asked for. */
export class RecordingsMissing extends SlotkeeperError {
  constructor(target: string, targets: readonly string[]) {
    super(
      'RecordingsMissing',
      `Expected recordings of target ${target}, got those of ${targets.join(', ')}. Pass another --target.`,
    );
  }
}

/**
 * Shows what policies would have done on recorded snapshots. It needs no network and changes nothing.
 *
 * @returns 0: no difference (two policies: between them; one: from what was recorded); 10: a difference
 * @throws RecordingUnreadable RecordingsMissing PatternNotRecorded TargetNotConfigured InvalidConfig
 */
export function replayCommand(io: CliIo, options: ReplayOptions): ExitCode {
  if (options.policy.length > 2) {
    throw new SlotkeeperError('UsageError', `Expected one or two files after --policy, got ${options.policy.length}.`);
  }
  const files = chooseFiles(options);
  const target = files[0]?.document.target ?? '';
  const replays = options.policy.map((file) => {
    const config = loadConfig(file);
    const policy = policyOf(chooseTarget(config, file, target), config);
    return { file, policy, replay: replayPolicy(files.map((recorded) => toInput(recorded, policy))) };
  });
  const document = compareReplays(
    target,
    files.map(({ path }) => path),
    replays,
  );
  io.out(options.json === true ? JSON.stringify(replayDocument.parse(document)) : renderReplay(document, io));
  return document.exitCode;
}

/** The recordings of one target, in the order of time. */
function chooseFiles({ snapshot, target }: ReplayOptions): RecordedFile[] {
  const files = [...new Set(snapshot)].map((path) => ({ path, document: readRecording(path) }));
  const targets = [...new Set(files.map(({ document }) => document.target))].sort();
  if (target === undefined && targets.length > 1) {
    throw new SlotkeeperError(
      'UsageError',
      `The recordings are of the targets ${targets.join(', ')}. Pass --target with one of them.`,
    );
  }
  const chosen = files.filter(({ document }) => target === undefined || document.target === target);
  if (chosen.length === 0) {
    throw new RecordingsMissing(target ?? '', targets);
  }
  if (new Set(chosen.map(({ document }) => document.names.kind)).size > 1) {
    throw new SlotkeeperError(
      'UsageError',
      'Some of the recordings have hashed names and some have not, so that nobody can be followed from one to the next. Replay them apart.',
    );
  }
  return chosen.sort((a, b) => Date.parse(a.document.now) - Date.parse(b.document.now));
}

function toInput({ path, document }: RecordedFile, policy: Policy): ReplayInput {
  const { names } = document;
  return {
    recording: document,
    policy: names.kind === 'hashed' ? inHashedNames(policy, names, path) : policy,
  };
}
