import { describe, expect, it } from 'vitest';
import { attempt } from '../../src/cli/doctor/attempt.ts';
import { examineRedshift } from '../../src/cli/doctor/examine-redshift.ts';
import { unknown } from '../../src/doctor/fact.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { fakeCli } from '../cli/fake-cli.ts';
import { exampleTarget } from '../support/example-target.ts';
import { createReaperWorld } from '../support/reaper-world.ts';

const FULL = 'FATAL: connection limit "500" exceeded for non-bootstrap users';

/** A server that lets nobody in but on a session that is kept. */
function refusing(error: string, kept: Warehouse | null): Warehouse {
  return {
    ...(kept ?? createReaperWorld().redshift.warehouse),
    submit: async (statement) => {
      if (statement.session.kind === 'reuse' && kept !== null) {
        return await kept.submit({ ...statement, session: { kind: 'none' } });
      }
      return { statementId: 'refused', sessionId: null };
    },
    describe: async (id) =>
      id === 'refused' || kept === null
        ? { statementId: id, status: 'FAILED', error, pid: null, sessionId: null, hasResultSet: false, resultRows: -1 }
        : await kept.describe(id),
  };
}

async function examine(warehouse: Warehouse, keepsSession: boolean) {
  const world = createReaperWorld();
  const target = exampleTarget();
  const { runtime } = fakeCli({ targets: [target] });
  if (keepsSession) {
    await world.table.saveReaperSession({
      target: target.name,
      sessionId: 'kept',
      signIn: 'as ever',
      version: 1,
      createdAt: world.clock.now().toISOString(),
    });
  }
  const checks = await examineRedshift(
    {
      runtime: { ...runtime, warehouseOf: () => warehouse, now: world.clock.now },
      endpoint: null,
      table: world.table,
      runs: unknown('none'),
    },
    target,
  );
  return new Map(checks.map((check) => [check.name, check]));
}

describe('doctor where no slot is left', () => {
  it('says so, and whether the session that the reaper keeps gets in', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 60 });
    const answered = await examine(refusing(FULL, world.redshift.warehouse), true);
    expect(answered.get('connection')).toMatchObject({
      verdict: 'problem',
      found: expect.stringMatching(/^no slot is left .* answers, so runs get in/),
    });
    expect(answered.get('slots')?.verdict).not.toBe('cannot-tell');
    const alone = await examine(refusing(FULL, null), false);
    expect(alone.get('connection')?.found).toContain('the reaper keeps none that answers here');
    expect(alone.get('slots')).toMatchObject({ verdict: 'cannot-tell' });
  });

  it('asks nothing more where it is refused for another reason', async () => {
    const checks = await examine(refusing('FATAL: role "x" does not exist\n  SQLState: 28000', null), true);
    expect(checks.get('connection')).toMatchObject({
      verdict: 'problem',
      found: 'FATAL: role "x" does not exist; SQLState: 28000',
    });
    for (const name of ['grants', 'canary', 'slots', 'server-timeouts', 'own-limits', 'clock']) {
      expect(checks.get(name)).toMatchObject({ verdict: 'cannot-tell', found: 'nobody is let in: see connection' });
    }
  });
});

describe('a question that is refused', () => {
  const named = (name: string, message: string, more: object = {}) => Object.assign(new Error(message), { name }, more);

  it('is unknown with its reason, in one line', async () => {
    expect(
      await attempt(null, async () => Promise.reject(named('AccessDeniedException', 'not authorized\n to do it'))),
    ).toEqual({
      known: false,
      why: expect.stringMatching(/^could not be asked \(AccessDeniedException: .*not authorized; to do it/),
    });
  });

  it.each([
    ['no network', named('Error', 'connect', { code: 'ECONNREFUSED' })],
    ['no credentials', named('CredentialsProviderError', 'none')],
    ['expired credentials', named('ExpiredTokenException', 'expired')],
    ['no region', named('Error', 'Region is missing')],
  ])('is thrown on where nothing can be asked at all: %s', async (_, error) => {
    await expect(attempt('http://127.0.0.1:1', async () => Promise.reject(error))).rejects.toBe(error);
  });
});
