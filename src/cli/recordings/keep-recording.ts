import { accessSync, constants, mkdirSync } from 'node:fs';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { Policy } from '../../replay/policy.ts';
import type { Recording } from '../../replay/recording.ts';
import type { SnapshotDocument } from '../json/snapshot-document.ts';
import { deleteOldRecordings } from './delete-old-recordings.ts';
import type { RecordingOptions } from './recording-options.ts';
import { writeRecording } from './write-recording.ts';

/**
 * Writes a recording where the options say, and deletes what they say is too old.
 *
 * @returns the file's path; null: nothing was to be recorded
 */
export function keepRecording(
  options: RecordingOptions,
  recording: Recording | null,
  origin: Pick<SnapshotDocument, 'stage' | 'source'>,
  policy: Policy,
  now: Date,
): string | null {
  const directory = options.record;
  if (directory === undefined) {
    return null;
  }
  const path =
    recording === null
      ? null
      : writeRecording(recording, origin, policy, { directory, hashed: options.hashNames === true });
  if (path !== null && options.keepRecordings !== undefined) {
    deleteOldRecordings(directory, options.keepRecordings, now);
  }
  return path;
}

/**
 * Looks whether it can be recorded, before anything is done that is to be.
 *
 * @throws SlotkeeperError `UsageError` when an option has no meaning without `--record`, or nothing can be written there
 */
export function checkRecordingOptions({ record, hashNames, keepRecordings }: RecordingOptions): void {
  if (record === undefined && (hashNames !== undefined || keepRecordings !== undefined)) {
    throw new SlotkeeperError('UsageError', 'Expected --record beside --hash-names and --keep-recordings, got none.');
  }
  if (record === undefined) {
    return;
  }
  try {
    mkdirSync(record, { recursive: true, mode: 0o700 });
    accessSync(record, constants.W_OK);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new SlotkeeperError(
      'UsageError',
      `Expected --record to name a directory to write to, got ${record} (${reason}). Name another one.`,
      { cause },
    );
  }
}
