import type { SnapshotDocument } from '../json/snapshot-document.ts';

const NAME = /^slotkeeper-.+-\d{8}T\d{9}Z-[\w-]+\.snapshot\.json$/;

/** e.g. `slotkeeper-prod-20261120T150401250Z-cli-20261120T150358Z-1f6c2a.snapshot.json`: sorts by target and time. */
export function recordingFileName({
  target,
  now,
  source,
}: Pick<SnapshotDocument, 'target' | 'now' | 'source'>): string {
  const time = now.replaceAll(/[-:.]/g, '');
  const origin = source.kind === 'run' ? source.runId.replaceAll(/[^\w-]/g, '_') : 'look';
  return `slotkeeper-${target.replaceAll(/[^\w-]/g, '_')}-${time}-${origin}.snapshot.json`;
}

/** Whether a file may be one that was written under such a name; its content tells for sure. */
export function isRecordingFileName(name: string): boolean {
  return NAME.test(name);
}
