import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashNames } from '../../replay/hash-names.ts';
import type { Policy } from '../../replay/policy.ts';
import type { Recording } from '../../replay/recording.ts';
import { type SnapshotDocument, snapshotDocument } from '../json/snapshot-document.ts';
import { nameHasher } from './name-hasher.ts';
import { recordingFileName } from './recording-file-name.ts';

/**
 * Writes a recording to a directory that is there. Only its owner can read the file.
 *
 * @param policy of this machine's configuration: the patterns that hashed names are asked for
 * @returns the file's path
 */
export function writeRecording(
  recording: Recording,
  origin: Pick<SnapshotDocument, 'stage' | 'source'>,
  policy: Policy,
  { directory, hashed }: { directory: string; hashed: boolean },
): string {
  const document = snapshotDocument.parse({ schema: 'slotkeeper.snapshot/1', ...origin, ...inNames() });
  const path = join(directory, recordingFileName(document));
  writeFileSync(path, `${JSON.stringify(document)}\n`, { mode: 0o600 });
  return path;

  function inNames() {
    if (!hashed) {
      return { names: { kind: 'plain' }, ...recording };
    }
    const { recording: copy, names } = hashNames(recording, policy, nameHasher(directory));
    return { names: { kind: 'hashed', ...names }, ...copy };
  }
}
