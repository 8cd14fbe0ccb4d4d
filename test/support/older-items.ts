import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import { recordingMembers } from '../../src/replay/recording-shape.ts';
import type { RunRecord } from '../../src/session-table/run-record.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import {
  backendShape,
  noticeShape,
  planHeadShape,
  planPartShape,
  reaperSessionShape,
  runShape,
} from '../../src/session-table/stored-shapes.ts';

const items = z.strictObject({
  backends: z.array(backendShape),
  runs: z.array(runShape),
  notices: z.array(noticeShape),
  plans: z.array(
    z.strictObject({
      runId: z.string(),
      plan: planHeadShape.omit({ contentId: true, parts: true, memberCount: true }).extend(planPartShape.shape),
    }),
  ),
  recordings: z.array(z.strictObject({ runId: z.string(), recording: z.strictObject(recordingMembers) })),
  reaperSession: reaperSessionShape,
});

/**
 * What three runs had written when nothing was known yet of snoozes, held clients, mail put down and confirmed
 * subscriptions, by the shapes of today: 501 and 502 ended, 504 used since its warning, 505 gone, the end of 506 denied,
 * 507 warned. The last run was at 15:16.
 */
export function readOlderItems(): z.infer<typeof items> {
  const file = new URL('../fixtures/items-before-snoozes.json', import.meta.url);
  return items.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Puts them into a table; each version is written, as they were. */
export async function storeOlderItems(table: SessionTable): Promise<void> {
  const { backends, runs, notices, plans, recordings, reaperSession } = readOlderItems();
  const upTo = async <T extends { readonly version: number }>(record: T, save: (one: T) => Promise<void>) => {
    for (let version = 1; version <= record.version; version += 1) {
      await save({ ...record, version });
    }
  };
  await Promise.all([
    ...backends.map((record) => upTo<BackendRecord>(record, table.saveBackend)),
    ...runs.map((record) => upTo<RunRecord>(record, table.saveRun)),
    ...notices.map((record) => upTo(record, table.saveNotice)),
    ...plans.map(({ runId, plan }) => table.savePlan({ target: plan.target, runId }, plan)),
    ...recordings.map(({ runId, recording }) => table.saveRecording({ target: recording.target, runId }, recording)),
    upTo(reaperSession, table.saveReaperSession),
  ]);
}
