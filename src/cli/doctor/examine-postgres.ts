import type { PostgresTarget } from '../../config/target-config.ts';
import type { Check } from '../../doctor/check.ts';
import { endsSessions } from '../../doctor/ends-sessions.ts';
import { type Fact, known, unknown } from '../../doctor/fact.ts';
import { firstRuleOf } from '../../doctor/first-rule-of.ts';
import { lastEndOf } from '../../doctor/last-end-of.ts';
import { judgePooledSessions, judgePooler } from '../../doctor/postgres/judge-pooler.ts';
import {
  judgePostgresConnection,
  judgePostgresTls,
  judgeTrackActivities,
} from '../../doctor/postgres/judge-postgres-connection.ts';
import { judgePostgresReach, judgePostgresSight } from '../../doctor/postgres/judge-postgres-grants.ts';
import { judgePostgresMemory } from '../../doctor/postgres/judge-postgres-memory.ts';
import { judgePostgresSlots, judgePostgresWayIn } from '../../doctor/postgres/judge-postgres-slots.ts';
import {
  judgeIdleInTransactionTimeout,
  judgeIdleSessionTimeout,
  judgeStatementTimeout,
} from '../../doctor/postgres/judge-postgres-timeouts.ts';
import { quoteWord } from '../../doctor/quote.ts';
import { judgeClock } from '../../doctor/server/judge-clock.ts';
import type { Slots } from '../../policy/slots.ts';
import type { RunRecord } from '../../session-table/run-record.ts';
import { DirectWarehouseFailed } from '../../warehouse/direct-errors/direct-warehouse-failed.ts';
import type { PostgresWarehouse } from '../../warehouse/postgres-direct-warehouse.ts';
import { attempt } from './attempt.ts';
import {
  type PostgresArrival,
  readArrival,
  readOverrides,
  readPath,
  readSessions,
  readSettings,
} from './read-postgres-server.ts';

const IN_TRANSACTION = [
  'idle-in-transaction',
  'idle-in-transaction-holding-locks',
  'idle-in-transaction-aborted',
] as const;

export interface PostgresWorld {
  readonly open: (target: PostgresTarget) => Promise<PostgresWarehouse>;
  readonly now: () => Date;
  /** What slotkeeper.yml says of the slots; null: the server is given by URL, so there is no such file. */
  readonly slots: Slots | null;
  /** The newest runs of the target, the newest first. */
  readonly runs: Fact<readonly RunRecord[]>;
}

/** Looks at a PostgreSQL server over one connection. */
export async function examinePostgres(world: PostgresWorld, target: PostgresTarget): Promise<readonly Check[]> {
  const before = world.now();
  let server: PostgresWarehouse;
  try {
    server = await world.open(target);
  } catch (error) {
    if (error instanceof DirectWarehouseFailed) {
      return [
        judgePostgresConnection(known({ kind: 'refused', error: error.message }), { remedies: remedies(target) }),
      ];
    }
    throw error;
  }
  try {
    return await examine(server, world, target, before);
  } finally {
    await server.close();
  }
}

async function examine(
  server: PostgresWarehouse,
  { now, slots, runs }: PostgresWorld,
  target: PostgresTarget,
  begun: Date,
): Promise<readonly Check[]> {
  const milliseconds = now().getTime() - begun.getTime();
  const asked = now();
  const arrival = await attempt(null, () => readArrival(server));
  const answered = now();
  const path = arrival.known ? await attempt(null, () => readPath(server, target.host, arrival.value)) : arrival;
  const settings = await attempt(null, () => readSettings(server));
  const overrides = await attempt(null, () => readOverrides(server));
  const sessions = await attempt(null, () => readSessions(server));

  const self = map(arrival, (one) => one.self);
  const grants = both(self, sessions, (own, others) => ({ self: own, sessions: others }));
  const timeouts = both(
    both(self, settings, (own, values) => ({ database: own.database, settings: values })),
    overrides,
    (one, more) => ({ ...one, overrides: more }),
  );
  const idle = { firstRule: firstRuleOf(target.rules, ['idle']), lastEnd: lastEndOf(target.rules, ['idle']) };
  const inTransaction = {
    firstRule: firstRuleOf(target.rules, IN_TRANSACTION),
    lastEnd: lastEndOf(target.rules, IN_TRANSACTION),
  };
  const run = runs.known
    ? (runs.value.find(({ seen }) => seen !== undefined)?.seen?.clockDifferenceSeconds ?? null)
    : null;
  return [
    judgePostgresConnection(
      map(self, (own) => ({ kind: 'signed-in', self: own, milliseconds })),
      { remedies: [] },
    ),
    judgePostgresTls(
      map(arrival, ({ encrypted, tlsVersion }) => ({
        mode: target.tls.mode,
        host: target.host,
        encrypted,
        version: tlsVersion,
      })),
    ),
    judgePooler(path, { target: target.name, byUrl: slots === null }),
    judgePostgresSight(grants),
    judgePostgresReach(grants, { endsAnything: target.rules.some(endsSessions) }),
    judgeTrackActivities(settings),
    judgePostgresSlots(
      both(grants, settings, (one, values) => ({ ...one, settings: values })),
      { target: target.name, slots },
    ),
    judgePostgresWayIn(both(self, settings, (own, values) => ({ self: own, settings: values }))),
    judgePooledSessions(sessions),
    judgeIdleInTransactionTimeout(timeouts, inTransaction),
    judgeIdleSessionTimeout(timeouts, idle),
    judgeStatementTimeout(timeouts),
    judgePostgresMemory(settings),
    judgeClock(map(arrival, (one) => ({ here: clocks(one, asked, answered), run }))),
  ];
}

/** By how much our clock is ahead: the server read its own somewhere between the question and the answer. */
function clocks({ serverNow }: PostgresArrival, asked: Date, answered: Date) {
  return { least: (asked.getTime() - serverNow) / 1000, most: (answered.getTime() - serverNow) / 1000 };
}

function map<A, B>(fact: Fact<A>, change: (value: A) => B): Fact<B> {
  return fact.known ? known(change(fact.value)) : fact;
}

function both<A, B, C>(one: Fact<A>, other: Fact<B>, join: (a: A, b: B) => C): Fact<C> {
  if (!one.known) {
    return unknown(one.why);
  }
  return other.known ? known(join(one.value, other.value)) : unknown(other.why);
}

function remedies({ host, port, user, database }: PostgresTarget) {
  return [
    { kind: 'cli', line: `pg_isready --host ${quoteWord(host)} --port ${port}` },
    {
      kind: 'cli',
      line: `psql --host ${quoteWord(host)} --port ${port} --username ${quoteWord(user)} --dbname ${quoteWord(database)} --command 'select 1'`,
    },
  ] as const;
}
