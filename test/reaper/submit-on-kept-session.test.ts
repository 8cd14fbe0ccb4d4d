import { describe, expect, it } from 'vitest';
import { clientToken } from '../../src/reaper/client-token.ts';
import { findDataApiTarget } from '../../src/reaper/find-data-api-target.ts';
import { createSubmitOnKeptSession } from '../../src/reaper/submit-on-kept-session.ts';
import { signInOf } from '../../src/session-table/sign-in-of.ts';
import type { Statement } from '../../src/warehouse/warehouse.ts';
import { createReaperWorld, type ReaperWorld, TARGET } from '../support/reaper-world.ts';

const RUN = { target: TARGET, id: 'run-1', startedAt: '2026-11-20T15:00:00.000Z', dryRun: false };
const LOOK = { sql: 'select 1', parameters: {}, step: 'session-query', round: 0 };

/** A submitter whose statements are kept for the test to read. */
function recorded(world: ReaperWorld) {
  const statements: Statement[] = [];
  const { submit } = world.redshift.warehouse;
  const warehouse = {
    ...world.redshift.warehouse,
    async submit(statement: Statement) {
      statements.push(statement);
      return await submit(statement);
    },
  };
  return { statements, submit: createSubmitOnKeptSession({ ...world.ports, warehouseOf: () => warehouse }) };
}

describe('the reaper submits on a session of its own', () => {
  it('opens one with its keep-alive and keeps it', async () => {
    const world = createReaperWorld();
    const { submit, statements } = recorded(world);
    await submit(RUN, LOOK);
    expect(statements[0]?.session).toEqual({ kind: 'new', keepAliveSeconds: 3600 });
    expect(await world.table.readReaperSession(TARGET)).toEqual({
      target: TARGET,
      sessionId: 'session-90001',
      signIn: signInOf(findDataApiTarget(world.ports.config, TARGET)),
      version: 1,
      createdAt: '2026-11-20T15:00:00.000Z',
    });
  });

  it('uses the kept one from then on, and needs no slot for it', async () => {
    const world = createReaperWorld();
    const { submit, statements } = recorded(world);
    const { statementId } = await submit(RUN, LOOK);
    await world.redshift.warehouse.describe(statementId);
    await submit(RUN, { ...LOOK, round: 1 });
    expect(statements[1]?.session).toEqual({ kind: 'reuse', sessionId: 'session-90001' });
    expect(world.redshift.backends.size).toBe(1);
  });

  it.each([
    ['dead', (world: ReaperWorld) => world.redshift.endDataApiSessions()],
    ['busy', () => undefined],
  ])('replaces one that is %s', async (_, happen) => {
    const world = createReaperWorld();
    const { submit, statements } = recorded(world);
    await submit(RUN, LOOK);
    happen(world);
    const { statementId } = await submit(RUN, { ...LOOK, round: 1 });
    expect(statementId).toBe('termination-statement-2');
    expect(statements.map(({ session }) => session.kind)).toEqual(['new', 'reuse', 'new']);
    expect(await world.table.readReaperSession(TARGET)).toMatchObject({ sessionId: 'session-90002', version: 2 });
  });

  it('opens another when the target has come to name another user since', async () => {
    const world = createReaperWorld();
    await recorded(world).submit(RUN, LOOK);
    const target = findDataApiTarget(world.ports.config, TARGET);
    const config = { ...world.ports.config, targets: { [TARGET]: { ...target, dbUser: 'another_superuser' } } };
    const submit = createSubmitOnKeptSession({ ...world.ports, config });
    await submit(RUN, { ...LOOK, round: 1 });
    expect(await world.table.readReaperSession(TARGET)).toMatchObject({ sessionId: 'session-90002', version: 2 });
  });

  it('lets another step that kept a session first have its way', async () => {
    const world = createReaperWorld();
    const other = {
      target: TARGET,
      sessionId: 'session-of-another',
      signIn: 'local as awsuser',
      version: 1,
      createdAt: RUN.startedAt,
    };
    const table = { ...world.table, readReaperSession: async () => null };
    await world.table.saveReaperSession(other);
    const submit = createSubmitOnKeptSession({ ...world.ports, table });
    await expect(submit(RUN, LOOK)).resolves.toMatchObject({ statementId: 'termination-statement-1' });
    expect(await world.table.readReaperSession(TARGET)).toEqual(other);
  });

  it('passes on any other error of the warehouse', async () => {
    const world = createReaperWorld();
    await recorded(world).submit(RUN, LOOK);
    const refused = { ...world.redshift.warehouse, submit: async () => Promise.reject(new Error('no such cluster')) };
    const submit = createSubmitOnKeptSession({ ...world.ports, warehouseOf: () => refused });
    await expect(submit(RUN, LOOK)).rejects.toThrow('no such cluster');
  });
});

describe('a ClientToken', () => {
  it('is the same for a repeated step, and another for every other step, round, session and run', () => {
    const token = clientToken(RUN, 'termination', 1, 0);
    expect(clientToken({ ...RUN }, 'termination', 1, 0)).toBe(token);
    const others = [
      clientToken(RUN, 'outcome-query', 1, 0),
      clientToken(RUN, 'termination', 2, 0),
      clientToken(RUN, 'termination', 1, 1),
      clientToken({ ...RUN, id: 'run-2' }, 'termination', 1, 0),
      clientToken({ ...RUN, target: 'other' }, 'termination', 1, 0),
    ];
    expect(new Set([token, ...others]).size).toBe(6);
  });

  it('fits the service, whatever the length of the names', () => {
    expect(clientToken({ ...RUN, id: 'x'.repeat(80) }, 'session-query', 99, 1)).toMatch(/^[0-9a-f]{64}$/);
  });
});
