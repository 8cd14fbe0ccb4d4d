import { readFileSync } from 'node:fs';
import { safeParse } from '../../errors/safe-parse.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { type SnapshotDocument, snapshotDocument } from '../json/snapshot-document.ts';

/** A file is no recording of this version. */
export class RecordingUnreadable extends SlotkeeperError {
  constructor(path: string, got: string, options?: ErrorOptions) {
    super(
      'RecordingUnreadable',
      `Expected a recorded snapshot (schema slotkeeper.snapshot/1) in ${path}, got ${got}. Name files that --record has written.`,
      options,
    );
  }
}

/** @throws RecordingUnreadable */
export function readRecording(path: string): SnapshotDocument {
  const read = safeParse(snapshotDocument, parseJson(path));
  if (!read.success) {
    // Where and what, not the value: it may be a name.
    const problems = read.error.issues
      .slice(0, 5)
      .map(({ path: place, message }) => `${place.join('.') || 'it'}: ${message}`);
    throw new RecordingUnreadable(path, `something else (${problems.join('; ')})`, { cause: read.error });
  }
  return read.data;
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new RecordingUnreadable(path, reasonOf(cause), { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof SyntaxError) {
    return 'no JSON';
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return code === 'EISDIR'
    ? 'a directory, whose files are to be named (<dir>/*.snapshot.json)'
    : `a file that cannot be read (${code})`;
}
