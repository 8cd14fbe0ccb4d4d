import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProbeApi } from '../../src/cli/doctor/probe/probe-api.ts';
import { createProbeSessions, NotOwnSession } from '../../src/cli/doctor/probe/probe-sessions.ts';
import { type ProbeReport, runProbe } from '../../src/cli/doctor/probe/run-probe.ts';
import { Interrupted } from '../../src/cli/interrupt.ts';
import { canonicalText } from '../../src/doctor/probe/canonical-text.ts';
import { EXPERIMENTS, LEFT_OPEN } from '../../src/doctor/probe/experiments.ts';
import { judgeExperiment, notTried } from '../../src/doctor/probe/judge-experiment.ts';
import { type Harness, type ServedDataApi, startHarness } from '../local/data-api-harness.ts';
import { exampleTarget } from '../support/example-target.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
}, 60_000);

afterAll(async () => {
  await harness?.stop();
});

const target = exampleTarget();
// Statements end by themselves here, and ListSessions has no rate: nothing is to be waited for but a turn.
const sleep = () => new Promise((resolve) => setTimeout(resolve, 5));

async function probe(served: ServedDataApi, changes: { sleep?: () => Promise<unknown> } = {}): Promise<ProbeReport> {
  const closed: ProbeReport['sessions'][] = [];
  const report = await runProbe(
    { client: served.client(), target, sleep, progress: () => undefined, ...changes },
    (left) => closed.push(left),
  );
  expect(closed).toEqual([report.sessions]);
  return report;
}

const differing = ({ results }: ProbeReport) =>
  results.filter(({ outcome }) => outcome === 'differs').map(({ id }) => id);

/** Backends that somebody has left in the server, but for this file's own. */
async function leftBehind(): Promise<readonly string[]> {
  const { rows } = await harness.admin.query(
    "select application_name from pg_stat_activity where application_name = 'slotkeeper/probe'",
  );
  return rows.map(({ application_name }) => String(application_name));
}

describe('the probe', () => {
  it('agrees with the embedded Data API in all that it tries, and leaves nothing behind', async () => {
    const report = await probe(await harness.serve());
    expect(differing(report)).toEqual([]);
    expect(report).toMatchObject({ broken: null, sessions: { opened: 6, closed: 6, expiring: 0 } });
    expect(report.results.filter(({ outcome }) => outcome === 'agrees')).toHaveLength(Object.keys(EXPERIMENTS).length);
    expect(report.results.filter(({ outcome }) => outcome === 'not-tried').map(({ id }) => id)).toEqual(
      LEFT_OPEN.map(({ experiment }) => experiment.id),
    );
    expect(JSON.stringify(report)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|awsuser|select /i);
    await expect.poll(leftBehind, { timeout: 5_000 }).toEqual([]);
  }, 60_000);

  it('signals only what it has opened: somebody else goes on', async () => {
    const other = await harness.redshift.connect({ user: 'awsuser', database: 'dev' });
    await probe(await harness.serve());
    expect((await other.query('select 1 as alive')).rows).toEqual([{ alive: 1 }]);
    await other.end();
    const sessions = createProbeSessions(createProbeApi({ client: (await harness.serve()).client(), target, sleep }));
    expect(() => sessions.pidOf({ sessionId: 'x', pid: 4711, refusals: 0 })).toThrow(NotOwnSession);
  }, 60_000);

  it('says where the service differs, in its words', async () => {
    const served = await harness.serve({ page: { rows: 100 } });
    const report = await probe(served);
    expect(differing(report)).toEqual(['rows-per-page']);
    expect(report.results.find(({ id }) => id === 'rows-per-page')).toMatchObject({
      observed: '100',
      expected: '1000',
      note: 'of 2500',
    });
  }, 60_000);

  it('closes what it has opened when it is interrupted, wherever that is', async () => {
    for (const looks of [3, 15, 30]) {
      let left = looks;
      const interrupted = async () => {
        left--;
        if (left <= 0) {
          throw new Interrupted('SIGINT');
        }
        await sleep();
      };
      await expect(probe(await harness.serve(), { sleep: interrupted })).rejects.toThrow(Interrupted);
      await expect.poll(leftBehind, { timeout: 5_000 }).toEqual([]);
    }
  }, 60_000);

  it('breaks off with what stopped it, and closes what it has opened', async () => {
    const served = await harness.serve({ quotas: { activeSessions: 2 } });
    const report = await probe(served);
    expect(report.broken).toMatch(/^ActiveSessionsExceededException/);
    expect(report.sessions).toEqual({ opened: 3, closed: 3, expiring: 0 });
    expect(report.results.some(({ note }) => note === 'the probe ended before')).toBe(true);
  }, 60_000);
});

describe('an answer', () => {
  it.each([
    ['Session with Id: 0e1f2a3b-0000-4000-8000-0123456789ab is invalid', 'Session with Id: <id> is invalid'],
    ['FAILED: ERROR: syntax error\n  Position: 8', 'FAILED: ERROR: syntax error'],
    ['Session 4711 does not exist', 'Session <pid> does not exist'],
    ['statement 0e1f2a3b-0000-4000-8000-0123456789ab:2', 'statement <id>'],
  ])('is compared without what differs from try to try: %s', (text, canonical) => {
    expect(canonicalText(text)).toBe(canonical);
  });

  it('agrees only with the very same', () => {
    const { busySession } = EXPERIMENTS;
    expect(judgeExperiment(busySession, busySession.expected).outcome).toBe('agrees');
    expect(judgeExperiment(busySession, `${busySession.expected}.`).outcome).toBe('differs');
    expect(judgeExperiment(busySession, 'x', 'of 0e1f2a3b-0000-4000-8000-0123456789ab').note).toBe('of <id>');
    expect(notTried(busySession, 'no right')).toMatchObject({ outcome: 'not-tried', observed: null, note: 'no right' });
  });
});
