import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { keepLedger } from '../../leaks/keep-ledger.ts';
import type { BackendRecord } from '../../lifecycle/backend-record.ts';
import type { SessionTable } from '../../session-table/session-table.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findRun, RunNotRecorded } from '../find-run.ts';
import { toBackendHistoryJson } from '../json/backend-history-json.ts';
import { type HistoryDocument, historyDocument } from '../json/history-document.ts';
import { toRunRecordJson } from '../json/run-record-json.ts';
import { readMembers } from '../read-members.ts';
import { readRecords } from '../read-records.ts';
import { renderHistory } from '../render/render-history.ts';
import { whereAgain } from '../where-again.ts';

export interface HistoryOptions {
  readonly target?: string;
  readonly stage?: string;
  /** Most runs to list, or most backends of a pid. */
  readonly limit: number;
  /** A period's sums instead. */
  readonly summary?: boolean;
  /** How far back the period goes, in seconds. */
  readonly since: number;
  readonly json?: boolean;
}

/**
 * Shows what was done: the newest runs, one run, the story of the backends that had one pid, or what a period's warnings
 * and ends came to.
 *
 * @param subject digits: a pid; other text: a run's id; undefined: the newest runs
 * @throws RunNotRecorded
 * @throws SlotkeeperError named UsageError, when the sums of a period are asked for, and one run or pid besides
 */
export async function historyCommand(
  runtime: CliRuntime,
  io: CliIo,
  subject: string | undefined,
  options: HistoryOptions,
): Promise<ExitCode> {
  if (options.summary === true && subject !== undefined) {
    throw new SlotkeeperError('UsageError', `Expected --summary, or the pid or run ${subject}, not both.`);
  }
  const target = chooseTarget(runtime.config, runtime.configPath, options.target).name;
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const { stage } = deployment;
  const table = runtime.tableOf(deployment);
  const base = { schema: 'slotkeeper.history/1', stage, target } as const;
  const document: HistoryDocument =
    options.summary === true
      ? { ...base, ...(await summaryOf(table, target, runtime.now(), options.since)) }
      : subject === undefined
        ? { ...base, kind: 'runs', runs: (await newestRuns(table, target, options.limit)).map(toRunRecordJson) }
        : /^\d+$/.test(subject)
          ? {
              ...base,
              kind: 'backend',
              pid: Number(subject),
              backends: await storiesOf(table, target, Number(subject), options.limit),
            }
          : { ...base, ...(await oneRun(table, target, subject, whereAgain(runtime, target, stage))) };
  io.out(options.json === true ? JSON.stringify(historyDocument.parse(document)) : renderHistory(document, io));
  return EXIT.nothingToDo;
}

async function summaryOf(table: SessionTable, target: string, now: Date, seconds: number) {
  const { records, truncated } = await readRecords(table, target);
  const period = { since: new Date(now.getTime() - seconds * 1000).toISOString(), until: now.toISOString() };
  return { kind: 'summary', ledger: keepLedger(records, period), truncated } as const;
}

async function newestRuns(table: SessionTable, target: string, limit: number) {
  return await upTo(limit, (nextToken, left) => table.listRuns({ target, limit: left, ...nextToken }));
}

/** The newest backends of the pid, oldest start first. */
async function storiesOf(table: SessionTable, target: string, pid: number, limit: number) {
  const records: readonly BackendRecord[] = await upTo(limit, (nextToken, left) =>
    table.listBackends({ target, pid, limit: left, ...nextToken }),
  );
  return records.toSorted((a, b) => a.identity.startedAt.localeCompare(b.identity.startedAt)).map(toBackendHistoryJson);
}

async function oneRun(table: SessionTable, target: string, runId: string, where: string) {
  const run = await findRun(table, target, runId);
  if (run === null) {
    throw new RunNotRecorded(target, runId, where);
  }
  const notices = await table.listNotices({ target, runId });
  return {
    kind: 'run',
    run: toRunRecordJson(run),
    notices: notices.map(({ noticeId, owner, state, messageId, at, confirmed, takenOverFrom, error }) => ({
      noticeId,
      owner,
      state,
      messageId,
      at,
      confirmed: confirmed ?? null,
      takenOverFrom: takenOverFrom ?? null,
      error,
    })),
    members: await readMembers(table, target, runId),
  } as const;
}

/** Reads pages until the limit is reached or there is no more. */
async function upTo<T>(
  limit: number,
  readPage: (
    nextToken: { nextToken: string } | Record<string, never>,
    left: number,
  ) => Promise<{ items: readonly T[]; nextToken: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let next: string | null = null;
  do {
    const page: { items: readonly T[]; nextToken: string | null } = await readPage(
      next === null ? {} : { nextToken: next },
      Math.min(100, limit - items.length),
    );
    items.push(...page.items);
    next = page.nextToken;
  } while (next !== null && items.length < limit);
  return items.slice(0, limit);
}
