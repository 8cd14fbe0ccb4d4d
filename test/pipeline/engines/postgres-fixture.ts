import { followClock } from '../../support/follow-clock.ts';
import { type PlainPostgres, type PostgresVersion, startPlainPostgres } from '../../support/start-plain-postgres.ts';
import { openStatementGate, type StatementGate } from '../../support/statement-gate.ts';
import { SLOTS } from '../contract-config.ts';
import { TARGET } from '../target.ts';
import type { EngineFixture, EngineServer, Entry, HeldStep, Right } from './engine-fixture.ts';

/** A text that only that statement has. */
const TEXT_OF = { look: 'pg_blocking_pids', end: 'pg_terminate_backend' } as const;

const SUPERUSERS: Entry = { title: 'on a slot that it reserves for superusers', target: 'superuser' };

/** From PostgreSQL 16 on. */
const RESERVED: Entry = { title: 'on a slot that it reserves for pg_use_reserved_connections', target: TARGET };

const ROLES: Readonly<Record<Right, readonly string[]>> = {
  'sign-in': [],
  see: ['pg_monitor'],
  end: ['pg_monitor', 'pg_signal_backend'],
};

/** A plain PostgreSQL server, whose time follows the cloud's, with a gate before it through which runs come. */
export async function postgresFixture(version: PostgresVersion): Promise<EngineFixture> {
  // Which version a package holds is not the same on every machine: the server knows.
  const reserves = version >= 16;
  const server = await startPlainPostgres({
    version,
    settings: [
      `max_connections=${SLOTS}`,
      'superuser_reserved_connections=3',
      ...(reserves ? ['reserved_connections=2'] : []),
    ],
    setup: [
      'create role keeper login',
      'grant pg_monitor, pg_signal_backend to keeper',
      ...(reserves ? ['grant pg_use_reserved_connections to keeper'] : []),
    ],
  });
  const gate = await openStatementGate(server.port);
  const { rows } = await server.admin.query<{ server_version: string }>('show server_version');
  return {
    name: `PostgreSQL ${rows[0]?.server_version}`,
    engine: 'postgres',
    machine: 'reap-postgres-sessions',
    database: 'postgres',
    superuser: 'postgres',
    keeper: 'keeper',
    standing: { system: 0, superuser: 1 },
    reserved: reserves ? 5 : 3,
    entries: reserves ? [SUPERUSERS, RESERVED] : [SUPERUSERS],
    refusal: reserves
      ? 'remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role'
      : 'remaining connection slots are reserved for non-replication superuser connections',
    states: { look: 'PlanPostgresActions', end: 'EndPostgresSessions', outcomes: 'RecordPostgresOutcomes' },
    statements: [],
    requestsPerRound: { connections: 2 },
    sparesWhoWasUsed: true,
    roundsAfterLostRight: [1, 2],
    signIn: (user) => ({
      host: '127.0.0.1',
      port: gate.port,
      database: 'postgres',
      user,
      // A token that the server, which trusts this machine, does not ask for.
      auth: { kind: 'iam', region: 'us-east-1' },
      tls: { mode: 'off' },
    }),
    failures: { elsewhere: 'ServerUnreachable', stranger: 'SignInRefused' },
    nowhere: { port: 1 },
    async serve(_cloud, clock) {
      const unfollow = await followClock(server.admin, clock);
      return serverOf(server, gate, unfollow);
    },
  };
}

function serverOf(server: PlainPostgres, gate: StatementGate, unfollow: () => void): EngineServer {
  return {
    connect: (user, application) => server.connect({ user, application }),
    grant: (user, right) => [
      `revoke pg_monitor, pg_signal_backend from ${user}`,
      ...ROLES[right].map((role) => `grant ${role} to ${user}`),
    ],
    requests: () => ({ connections: gate.accepted() }),
    waitOver: async () => undefined,
    holdNext: (step) => hold(gate, TEXT_OF[step]),
    prepareEntry: async () => async () => undefined,
    async stop() {
      unfollow();
      await gate.close();
      await server.stop();
    },
  };
}

function hold(gate: StatementGate, text: string): HeldStep {
  const held = gate.holdNext(text);
  return { arrived: () => held.arrived, release: async () => held.release() };
}
