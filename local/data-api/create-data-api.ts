import { AnswerLostError } from '../http/answer-lost-error.ts';
import type { RedshiftServer } from '../redshift/redshift-server.ts';
import { rewriteRedshiftSql } from '../redshift/rewrite-redshift-sql.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { ClientTokens } from './client-tokens.ts';
import { ClockAlarms } from './clock-alarms.ts';
import type { DataApi } from './data-api.ts';
import { type DataApiContext, DEFAULT_QUOTAS, type Quotas } from './data-api-context.ts';
import { DataApiError } from './data-api-error.ts';
import { DATA_API_OPERATIONS, type DataApiOperation, isDataApiOperation } from './data-api-operation.ts';
import { dispatchOperation } from './dispatch-operation.ts';
import { type Fault, FaultSwitches } from './fault-switches.ts';
import { PartRunner } from './part-runner.ts';
import type { KnownTarget } from './resolve-target.ts';
import type { PageLimits } from './result-page.ts';
import { SessionKeeper } from './session-keeper.ts';
import { type StatementEvent, statementEvent } from './statement-event.ts';
import { type Latencies, StatementRunner } from './statement-runner.ts';
import { StatementStore } from './statement-store.ts';
import { createThrottle, type ThrottleRates } from './throttle.ts';

/** How an embedded Data API is put together. Only the server and the clock are needed. */
export interface DataApiOptions {
  readonly redshift: RedshiftServer;
  readonly clock: VirtualClock;
  /** Takes the event of every ended statement that was submitted WithEvent. */
  readonly publishEvent?: (event: StatementEvent) => Promise<void>;
  /** @default 'local' */
  readonly clusterIdentifier?: string;
  /** The workgroup that the same server plays. @default 'local-serverless' */
  readonly workgroupName?: string;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default '000000000000' */
  readonly accountId?: string;
  /** What calls, connections and statements take on top of the real work. @default none */
  readonly latencies?: Latencies;
  /** @default {@link DEFAULT_QUOTAS} */
  readonly quotas?: Partial<Quotas>;
  /** Requests per second by operation, e.g. `DOCUMENTED_RATES`. @default no throttling */
  readonly throttling?: ThrottleRates;
  /** How much a page of a result holds. @default 1,000 rows, 1 MB */
  readonly page?: Partial<PageLimits>;
  /** Which fault a call meets for which none was switched on here. @default none */
  readonly planFault?: (operation: DataApiOperation) => Fault | undefined;
  /** Told about what fails where no caller waits, e.g. publishing an event. @default a process warning */
  readonly onBackgroundError?: (error: unknown) => void;
}

/** A workgroup's ARN has its id, a UUID. */
const WORKGROUP_ID = '5107e28c-5f5e-4b11-8ba7-000000000000';

const DEFAULT_PAGE: PageLimits = { rows: 1000, bytes: 1024 * 1024 };

/** Builds the embedded Redshift Data API over a running embedded Redshift. */
export function createDataApi(options: DataApiOptions): DataApi {
  const { clock, redshift, region = 'us-east-1', accountId = '000000000000' } = options;
  const onError = options.onBackgroundError ?? warn;
  const known: KnownTarget = {
    clusterIdentifier: options.clusterIdentifier ?? 'local',
    workgroup: {
      name: options.workgroupName ?? 'local-serverless',
      arn: `arn:aws:redshift-serverless:${region}:${accountId}:workgroup/${WORKGROUP_ID}`,
    },
    superuser: redshift.superuser,
  };
  const quotas = { ...DEFAULT_QUOTAS, ...options.quotas };
  const alarms = new ClockAlarms(clock, onError);
  const sessions = new SessionKeeper(clock, alarms);
  const statements = new StatementStore(clock);
  const latencies = options.latencies ?? {};
  let closing: Promise<void> | undefined;
  let backendsOpened = 0;
  const runner = new StatementRunner({
    redshift,
    clock,
    alarms,
    sessions,
    parts: new PartRunner({ clock, limits: quotas, rewriteSql: rewriteRedshiftSql }),
    latencies,
    onError,
    onOpened() {
      backendsOpened += 1;
    },
    async onEnded(statement) {
      if (!statement.request.withEvent || closing !== undefined) return;
      await options.publishEvent?.(
        statementEvent(statement, clock.now(), { region, accountId, workgroupArn: known.workgroup.arn }),
      );
    },
  });
  sessions.onForcedClose = (statementId) => {
    for (const statement of statements.active()) {
      if (statement.id === statementId)
        runner.interrupt(statement, 'The session was closed 24 hours after its creation.');
    }
  };
  const context: DataApiContext = {
    redshift,
    clock,
    alarms,
    statements,
    sessions,
    tokens: new ClientTokens(clock),
    runner,
    quotas,
    page: { ...DEFAULT_PAGE, ...options.page },
    known,
  };
  const faults = new FaultSwitches(options.planFault);
  const throttle = createThrottle(options.throttling ?? {}, clock);
  const calls = Object.fromEntries(DATA_API_OPERATIONS.map((name) => [name, 0])) as Record<DataApiOperation, number>;
  const callers = new Map<string, number>();

  async function shutDown(): Promise<void> {
    for (const statement of statements.active()) runner.interrupt(statement);
    await runner.settled();
    await Promise.all(sessions.all().map((session) => sessions.close(session)));
    alarms.close();
  }

  return {
    faults,
    calls,
    get backendsOpened() {
      return backendsOpened;
    },
    callsBy: (accessKeyId) => callers.get(accessKeyId) ?? 0,
    async handle(operation, body, caller) {
      if (!isDataApiOperation(operation)) throw unknownOperation(operation);
      calls[operation] += 1;
      callers.set(caller.accessKeyId, (callers.get(caller.accessKeyId) ?? 0) + 1);
      if (closing !== undefined) {
        throw new DataApiError('InternalServerException', 'The embedded Data API is stopping.', { status: 500 });
      }
      const latency = latencies.call?.() ?? 0;
      if (latency > 0) await alarms.after(latency, caller.signal);
      const {
        caller: _,
        error,
        errorAfter,
        hang,
        crash,
        crashServer,
        delayMs,
        loseAnswer,
        ...statementFault
      } = faults.take(operation, caller.accessKeyId) ?? {};
      const refusal =
        error === undefined ? undefined : new DataApiError(error.type, error.message, { status: error.status ?? 400 });
      if (refusal !== undefined && !errorAfter) throw refusal;
      throttle(operation);
      if (crash?.point === 'before') {
        await crash.callers();
        throw new AnswerLostError(operation);
      }
      if (hang) {
        await alarms.after(Number.POSITIVE_INFINITY, caller.signal);
        throw new AnswerLostError(operation);
      }
      if (delayMs !== undefined) await alarms.after(delayMs, caller.signal);
      if (crashServer === 'before') await redshift.crash();
      const onStatement = crashServer === 'under' ? { ...statementFault, crashServer } : statementFault;
      const response = await dispatchOperation(operation, body, caller, context, onStatement);
      if (crashServer === 'after') await redshift.crash();
      if (refusal !== undefined) throw refusal;
      if (crash !== undefined) await crash.callers();
      if (loseAnswer || crash !== undefined) throw new AnswerLostError(operation);
      return response;
    },
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}

/** AWS JSON's answer to an `X-Amz-Target` that the service does not have. */
function unknownOperation(operation: string): DataApiError {
  return new DataApiError(
    'UnknownOperationException',
    `Expected one of ${DATA_API_OPERATIONS.join(', ')}, got ${JSON.stringify(operation)}.`,
  );
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
}
