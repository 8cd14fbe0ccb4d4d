import { isDeepStrictEqual } from 'node:util';
import type { NoticeRecord } from '../session-table/notice-record.ts';
import type { OwnerMailRecord } from '../session-table/owner-mail-record.ts';
import type { RunRecord } from '../session-table/run-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { VersionConflict } from '../session-table/version-conflict.ts';

/**
 * Saves a run's record. If the write was taken but its answer lost, the SDK writes again and meets its own item; that is
 * a success, and read as one.
 *
 * @throws VersionConflict when somebody else wrote it
 */
export async function saveRunRecord(table: SessionTable, record: RunRecord): Promise<void> {
  await acceptOwn(
    record,
    () => table.saveRun(record),
    () => table.readRun({ target: record.target, runId: record.runId, startedAt: record.startedAt }),
  );
}

/** Saves a notice's record; as {@link saveRunRecord}. */
export async function saveNoticeRecord(table: SessionTable, record: NoticeRecord): Promise<void> {
  await acceptOwn(
    record,
    () => table.saveNotice(record),
    () => table.readNotice({ target: record.target, runId: record.runId, noticeId: record.noticeId }),
  );
}

/** Saves what an owner was sent; as {@link saveRunRecord}. */
export async function saveOwnerMailRecord(table: SessionTable, record: OwnerMailRecord): Promise<void> {
  await acceptOwn(
    record,
    () => table.saveOwnerMail(record),
    () => table.readOwnerMail({ target: record.target, owner: record.owner }),
  );
}

async function acceptOwn<T>(next: T, save: () => Promise<void>, read: () => Promise<T | null>): Promise<void> {
  try {
    await save();
  } catch (error) {
    if (!(error instanceof VersionConflict) || !isDeepStrictEqual(await read(), next)) {
      throw error;
    }
  }
}
