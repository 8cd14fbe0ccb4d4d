import { RUN_REFUSALS } from '../policy/refusals.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** A safeguard said no, or what was asked for does not exist. Names are those that runs and commands fail with. */
const REFUSED = new Set([
  'RunLockHeld',
  'RunLockLost',
  ...RUN_REFUSALS,
  'InvalidRunInput',
  'TargetUnknown',
  'TargetNotConfigured',
  'PoolNotConfigured',
  'StageUnknown',
  'StackUnusable',
  'OutputMissing',
  'OutputUnknown',
  'NotScheduled',
  'RunNotRecorded',
  'RecordingsMissing',
  'PatternNotRecorded',
  'BackendUnknown',
  'ClientUnknown',
  'InvalidPageToken',
  'SnoozeOff',
  'SnoozeTooLong',
  'SnoozeLimitReached',
  'BackendGone',
  'NothingToSnooze',
  'BackendAmbiguous',
]);

/** The command line or slotkeeper.yml is wrong. */
const USAGE = new Set(['UsageError', 'TargetMissing', 'InvalidConfig', 'ConfigNotFound', 'ConfigUnreadable']);

/** Which exit code an error of this name means, whether a command threw it or a run failed with it. */
export function exitOfErrorName(name: string): ExitCode {
  if (name === 'Interrupted') {
    return EXIT.interrupted;
  }
  return REFUSED.has(name) ? EXIT.refused : USAGE.has(name) ? EXIT.usage : EXIT.failed;
}
