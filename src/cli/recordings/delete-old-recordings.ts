import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RecordingUnreadable, readRecording } from './read-recording.ts';
import { isRecordingFileName } from './recording-file-name.ts';

/**
 * Deletes a directory's recordings that are older than that, by the time that they state. What is not surely one of this
 * version's recordings, by its name and by its whole content, stays.
 *
 * @param keepSeconds how long recordings stay
 * @returns how many were deleted
 */
export function deleteOldRecordings(directory: string, keepSeconds: number, now: Date): number {
  const old = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isRecordingFileName(entry.name))
    .map(({ name }) => join(directory, name))
    .filter((path) => isOlder(path, now.getTime() - keepSeconds * 1000));
  for (const path of old) {
    rmSync(path);
  }
  return old.length;
}

function isOlder(path: string, than: number): boolean {
  try {
    return Date.parse(readRecording(path).now) < than;
  } catch (error) {
    if (error instanceof RecordingUnreadable) {
      return false;
    }
    throw error;
  }
}
