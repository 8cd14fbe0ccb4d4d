import { HISTORY_DAYS } from '../../backends/redshift-history-sql.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { Dimension } from '../../leaks/client-group.ts';
import { reportLeaks } from '../../leaks/report-leaks.ts';
import { tellRunTrend } from '../../leaks/tell-run-trend.ts';
import { isHeld } from '../../lifecycle/client-record.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { leaksDocument } from '../json/leaks-document.ts';
import { toThrashingJson } from '../json/thrashing-json.ts';
import { lookForLeaks } from '../look-for-leaks.ts';
import { readKnownSpells } from '../read-known-spells.ts';
import { readRunPoints } from '../read-run-points.ts';
import { renderLeaks } from '../render/render-leaks.ts';
import { whereAgain } from '../where-again.ts';

export interface LeaksOptions {
  readonly target?: string;
  readonly stage?: string;
  /** How far back, in seconds. */
  readonly since: number;
  readonly by: readonly Dimension[];
  /** Most clients to show. */
  readonly limit: number;
  readonly json?: boolean;
}

/**
 * Shows which clients hold slots for nothing, and what stops each. It changes nothing.
 *
 * @throws CanaryFailed when the database user may not see everyone's sessions
 * @throws SlotkeeperError named UsageError, when it is to look further back than the server remembers
 */
export async function leaksCommand(runtime: CliRuntime, io: CliIo, options: LeaksOptions): Promise<ExitCode> {
  if (options.since < 1 || options.since > HISTORY_DAYS * 86_400) {
    throw new SlotkeeperError(
      'UsageError',
      `Expected --since from 1s to ${HISTORY_DAYS}d: so far back goes the history that Redshift keeps, and looks of a PostgreSQL server are told of no longer.`,
    );
  }
  const target = chooseTarget(runtime.config, runtime.configPath, options.target);
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const { stage } = deployment;
  const table = runtime.tableOf(deployment);
  const evidence = await lookForLeaks(runtime, table, target, options.since);
  const { snapshot, since } = evidence;
  const now = runtime.now();
  const [known, runs, clients] = await Promise.all([
    readKnownSpells(table, target.name),
    readRunPoints(table, target.name, target.slots, since),
    table.listClients(target.name),
  ]);
  const report = reportLeaks({
    window: { since: since.toISOString(), until: snapshot.takenAt },
    sessions: evidence.sessions,
    complete: evidence.complete,
    looks: evidence.looks,
    ...known,
    by: options.by,
    engine: target.engine,
    ownUser: snapshot.backends.find(({ own }) => own)?.identity.user ?? null,
  });
  const document = leaksDocument.parse({
    schema: 'slotkeeper.leaks/1',
    stage,
    target: target.name,
    ...report.window,
    by: options.by,
    looks: report.looks,
    truncated: evidence.truncated,
    history: evidence.history,
    total: report.total,
    thrashing: clients
      .filter((client) => isHeld(client, now) || Date.parse(client.released?.at ?? client.until) >= since.getTime())
      .map((client) => toThrashingJson(client, now)),
    runs,
    runTrend: tellRunTrend(runs, report.window),
    clients: report.leaks.length,
    leaks: report.leaks.slice(0, options.limit).map(({ group, ...leak }) => ({ ...group, ...leak })),
  });
  io.out(
    options.json === true
      ? JSON.stringify(document)
      : renderLeaks(document, io, whereAgain(runtime, target.name, stage)),
  );
  return EXIT.nothingToDo;
}
