import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { BackendRecord } from '../../lifecycle/backend-record.ts';
import { isSnoozedAt } from '../../lifecycle/end-snooze.ts';
import { createSnoozeSession } from '../../reaper/snooze/snooze-session.ts';
import { createTakeBackSnooze } from '../../reaper/snooze/take-back-snooze.ts';
import type { SessionTable } from '../../session-table/session-table.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findLiveRecord } from '../find-live-record.ts';
import { type SnoozeDocument, snoozeDocument, toSnoozedJson } from '../json/snooze-document.ts';
import { renderSnooze } from '../render/render-snooze.ts';

export interface SnoozeOptions {
  readonly target?: string;
  readonly stage?: string;
  /** The session's start, milliseconds since 1970, when several had the pid. */
  readonly started?: number;
  /** Seconds. */
  readonly for?: number;
  readonly end?: boolean;
  readonly list?: boolean;
  /** Who asks: the name goes on record. */
  readonly user: string;
  readonly json?: boolean;
}

/** What was done, before it is known where. */
type Done = Pick<SnoozeDocument, 'did' | 'left'> & { readonly records: readonly BackendRecord[] };

/**
 * Keeps a warned session for a while, takes that back, or shows which are kept. It changes the session table alone.
 *
 * @throws SnoozeOff, SnoozeTooLong, SnoozeLimitReached, BackendGone, NothingToSnooze, BackendAmbiguous
 */
export async function snoozeCommand(
  runtime: CliRuntime,
  io: CliIo,
  pid: number | undefined,
  options: SnoozeOptions,
): Promise<ExitCode> {
  checkOptions(pid, options);
  const target = chooseTarget(runtime.config, runtime.configPath, options.target);
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const { stage } = deployment;
  const table = runtime.tableOf(deployment);
  const at = runtime.now().toISOString();
  const done =
    pid === undefined
      ? ({ did: 'listed', left: null, records: await listSnoozed(table, target.name, at) } as const)
      : await change(runtime, table, target.name, pid, options);
  const document = snoozeDocument.parse({
    schema: 'slotkeeper.snooze/1',
    stage,
    target: target.name,
    at,
    did: done.did,
    left: done.left,
    sessions: done.records.map((record) => toSnoozedJson(record, at)),
  });
  io.out(options.json === true ? JSON.stringify(document) : renderSnooze(document, io));
  return done.did === 'snoozed' || done.did === 'ended' ? EXIT.acted : EXIT.nothingToDo;
}

function checkOptions(pid: number | undefined, options: SnoozeOptions): void {
  const ways = [options.for !== undefined, options.end === true, options.list === true].filter(Boolean).length;
  if (ways !== 1 || (pid === undefined) !== (options.list === true)) {
    throw new SlotkeeperError(
      'UsageError',
      'Expected a pid with --for <duration> or --end, or --list without a pid.\nSee slotkeeper snooze --help.',
    );
  }
}

async function change(
  { config, now }: CliRuntime,
  table: SessionTable,
  target: string,
  pid: number,
  options: SnoozeOptions,
): Promise<Done> {
  const { identity } = await findLiveRecord(table, target, pid, options.started ?? null);
  const ports = { config, table, now, events: null };
  const by = `cli:${options.user}`;
  if (options.for === undefined) {
    return { did: 'ended', left: null, records: [await createTakeBackSnooze(ports)({ identity, by })] };
  }
  const snooze = createSnoozeSession(ports);
  const { record, extended, left } = await snooze({ identity, idleSince: null, seconds: options.for, by: () => by });
  return { did: extended ? 'snoozed' : 'kept-anyway', left, records: [record] };
}

/** The index of live backends may lag: it only says where to look. Soonest end first. */
async function listSnoozed(table: SessionTable, target: string, at: string): Promise<readonly BackendRecord[]> {
  const live = await table.listLiveBackends(target);
  const records = await table.readBackends(live.map(({ identity }) => identity));
  return records
    .filter((record) => isSnoozedAt(record, at))
    .toSorted((a, b) => (a.endsAt ?? '9').localeCompare(b.endsAt ?? '9') || a.identity.pid - b.identity.pid);
}
