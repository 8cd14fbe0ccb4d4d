import { describe, expect, it } from 'vitest';
import { REDSHIFT_SESSION_SQL } from '../../src/backends/redshift-session-sql.ts';
import { takeSnapshot } from '../../src/cli/take-snapshot.ts';
import { createMemorySessionTable } from '../../src/session-table/memory-session-table.ts';
import { DataApiFailed } from '../../src/warehouse/data-api-failed.ts';
import { exampleTarget } from '../support/example-target.ts';
import { createSimulatedRedshift } from '../support/simulated-redshift.ts';
import { createTestClock } from '../support/test-clock.ts';

const NO_SLOT = { status: 'FAILED', error: 'FATAL: sorry, too many clients already' } as const;

function world() {
  const clock = createTestClock();
  const redshift = createSimulatedRedshift(clock);
  const table = createMemorySessionTable();
  let slept = 0;
  const sleep = async (ms: number) => {
    slept += ms;
    clock.advance(ms / 1000);
  };
  const now = clock.now;
  const look = () =>
    takeSnapshot({ warehouse: redshift.warehouse, table, sleep, now }, exampleTarget({ name: 'local' }));
  /** Opens the Data API session that the reaper keeps, by a look of its own. */
  const keepSession = async () => {
    const { statementId, sessionId } = await redshift.warehouse.submit({
      sql: REDSHIFT_SESSION_SQL,
      parameters: {},
      session: { kind: 'new', keepAliveSeconds: 3600 },
      clientToken: 'kept',
    });
    await redshift.warehouse.describe(statementId);
    if (sessionId === null) {
      throw new Error('Expected a Data API session.');
    }
    await table.saveReaperSession({
      target: 'local',
      sessionId,
      signIn: 'local as awsuser',
      version: 1,
      createdAt: '2026-11-20T15:00:00.000Z',
    });
  };
  return { redshift, clock, look, keepSession, slept: () => slept };
}

describe('takeSnapshot', () => {
  it('sees every backend, and its own among them', async () => {
    const { redshift, look } = world();
    redshift.open({ pid: 812, user: 'bi_reader', idle: 600 });
    const { backends } = await look();
    expect(backends.map(({ identity, own, idleSeconds }) => ({ user: identity.user, own, idleSeconds }))).toEqual([
      { user: 'bi_reader', own: false, idleSeconds: 600 },
      { user: 'awsuser', own: true, idleSeconds: 0 },
    ]);
  });

  it('says what the database said when it is not let in', async () => {
    const { redshift, look } = world();
    redshift.fail('look', 1, NO_SLOT);
    await expect(look()).rejects.toThrow(
      'The session query on target local ended FAILED: FATAL: sorry, too many clients',
    );
  });

  it('asks on the session that the reaper keeps when no slot is left', async () => {
    const { redshift, look, keepSession } = world();
    await keepSession();
    redshift.fail('look', 2, NO_SLOT);
    const { canary } = await look();
    expect(canary).toMatchObject({ seesEveryone: true, ownSessionSeen: true });
  });

  it('does not ask on the kept session, which may be another user, when the server refuses for another reason', async () => {
    const { redshift, look, keepSession } = world();
    await keepSession();
    redshift.fail('look', 2, { status: 'FAILED', error: 'ERROR: permission denied for relation stl_connection_log' });
    await expect(look()).rejects.toMatchObject({
      name: 'CanaryFailed',
      message: expect.stringContaining("may not see everyone's sessions (ERROR: permission denied for relation"),
    });
    expect(redshift.calls.submit).toBe(2);
  });

  it('keeps to the first answer when the kept session is dead too', async () => {
    const { redshift, look, keepSession } = world();
    await keepSession();
    redshift.endDataApiSessions();
    redshift.fail('look', 2, NO_SLOT);
    await expect(look()).rejects.toThrow('too many clients');
  });

  it('keeps to the first answer when the kept session is not ours to use', async () => {
    const { redshift, look, keepSession } = world();
    await keepSession();
    redshift.fail('look', 2, NO_SLOT);
    const { submit } = redshift.warehouse;
    redshift.warehouse.submit = async (statement) => {
      if (statement.session.kind === 'reuse') {
        const about = { operation: 'ExecuteStatement', target: 'local', reason: 'AccessDeniedException' };
        throw new DataApiFailed(about, 'not authorized');
      }
      return await submit(statement);
    };
    await expect(look()).rejects.toThrow('too many clients');
  });

  it('cancels a statement that does not end within a minute', async () => {
    const { redshift, look, slept } = world();
    redshift.fail('look', 1, { status: 'SUBMITTED' });
    await expect(look()).rejects.toThrow('within a minute; it did not and was cancelled');
    expect(redshift.cancelled).toHaveLength(1);
    expect(slept()).toBeGreaterThan(59_000);
    expect(slept()).toBeLessThan(62_000);
  });

  it('lets the Data API wait for the end, so that a slow minute is seven looks', async () => {
    const { redshift, look, clock } = world();
    redshift.fail('look', 1, { status: 'SUBMITTED' });
    const { describe } = redshift.warehouse;
    const waits: (number | undefined)[] = [];
    redshift.warehouse.describe = async (id, options) => {
      waits.push(options?.waitSeconds);
      clock.advance(options?.waitSeconds ?? 0);
      return await describe(id);
    };
    await expect(look()).rejects.toThrow('within a minute');
    expect(waits).toEqual([10, 10, 10, 10, 10, 10, expect.any(Number)].slice(0, waits.length));
    expect(waits.length).toBeLessThan(8);
  });
});
