import { describe, expect, it } from 'vitest';
import { DIMENSIONS } from '../../src/leaks/client-group.ts';
import { sessionKey } from '../../src/leaks/measure-idle.ts';
import { type LeakInput, reportLeaks } from '../../src/leaks/report-leaks.ts';
import { at, idleSince, look, session, WINDOW } from './leak-examples.ts';

function report(input: Partial<LeakInput>) {
  return reportLeaks({
    engine: 'redshift',
    window: WINDOW,
    sessions: [],
    complete: true,
    looks: [],
    spells: [],
    killed: new Set(),
    by: DIMENSIONS,
    ownUser: 'awsuser',
    ...input,
  });
}

describe('reportLeaks', () => {
  it('counts what began and ended in the window, and the most at once', () => {
    const { total } = report({
      sessions: [
        session(1, -30, 10),
        session(2, 5, null),
        session(3, 20, 40),
        // Ended before the window, and begun after it: none of this window's.
        session(4, -30, -1),
        session(5, 61, null),
      ],
    });
    expect(total).toMatchObject({ sessions: 3, openBefore: 1, opened: 2, closed: 2, open: 1, peak: 2 });
  });

  it('joins what several looks prove of idle time, and cuts it at the window', () => {
    const forgotten = session(1, -30, null);
    const { leaks } = report({
      sessions: [forgotten],
      looks: [
        look(20, idleSince(forgotten, -20)),
        look(30, idleSince(forgotten, -20)),
        look(40, idleSince(forgotten, 40, { activity: 'running' })),
        look(60, idleSince(forgotten, 45)),
        // Before the window.
        look(-5, idleSince(forgotten, -20)),
      ],
    });
    // Noon to 12:30, and 12:45 to 13:00, of the hour.
    expect(leaks[0]).toMatchObject({ observedSeconds: 3600, wastedSeconds: 45 * 60, idleShare: 0.75 });
  });

  it('does not take a session whose state is not known for an idle one', () => {
    const odd = session(1, 0, null);
    const { leaks } = report({ sessions: [odd], looks: [look(60, idleSince(odd, 0, { activity: 'unknown' }))] });
    expect(leaks[0]).toMatchObject({ observedSeconds: 3600, wastedSeconds: 0, idleShare: 0 });
  });

  it('puts sessions together by user, application, host and driver, or by fewer', () => {
    const sessions = [
      session(1, 0, null),
      session(2, 0, null, { clientHost: '10.0.0.8' }),
      session(3, 0, null, { driver: 'Redshift JDBC Driver 2.0.0.1' }),
      session(4, 0, null, { user: 'ana', application: 'DBeaver 25' }),
    ];
    expect(report({ sessions }).leaks).toHaveLength(4);
    const { leaks } = report({ sessions, by: ['user'] });
    expect(leaks.map(({ group, sessions }) => [group, sessions])).toEqual([
      [{ user: 'bi_reader', application: null, host: null, driver: null }, 3],
      [{ user: 'ana', application: null, host: null, driver: null }, 1],
    ]);
  });

  it('ranks the worst first: by slots wasted, then by those still open', () => {
    const sessions = [
      session(1, 0, 5, { user: 'closes' }),
      session(2, 0, null, { user: 'holds' }),
      session(3, 0, null, { user: 'wastes' }),
    ];
    const [, , wastes] = sessions;
    const looks = wastes === undefined ? [] : [look(60, idleSince(wastes, 30))];
    expect(report({ sessions, looks, by: ['user'] }).leaks.map(({ group }) => group.user)).toEqual([
      'wastes',
      'holds',
      'closes',
    ]);
  });

  it('tells whose sessions came back after they had been ended, each new one for one end only', () => {
    const ended = [session(1, 0, 30), session(2, 0, 30), session(3, 0, 30, { clientHost: '10.0.0.8' })];
    const back = session(4, 30.5, null);
    const late = session(5, 33, null, { clientHost: '10.0.0.8' });
    const { total, leaks } = report({ sessions: [...ended, back, late], killed: new Set(ended.map(sessionKey)) });
    expect(total).toMatchObject({ killed: 3, reconnected: 1 });
    expect(leaks.map(({ group, killed, reconnected }) => [group.host, killed, reconnected])).toEqual([
      ['10.0.0.7', 2, 1],
      ['10.0.0.8', 1, 0],
    ]);
    expect(leaks[0]?.advice.some(({ setting }) => setting.includes('maximum lifetime'))).toBe(true);
    expect(leaks[1]?.advice.some(({ setting }) => setting.includes('maximum lifetime'))).toBe(false);
  });

  it('calls nothing a return that Slotkeeper did not cause', () => {
    const sessions = [session(1, 0, 30), session(2, 30.5, null)];
    expect(report({ sessions }).total).toMatchObject({ killed: 0, reconnected: 0 });
  });

  it('shows where the number of sessions goes, if all are known', () => {
    const sessions = [1, 2, 3, 4].map((pid) => session(pid, pid * 15 - 15, null));
    expect(report({ sessions }).leaks[0]?.trend).toEqual({ direction: 'growing', before: 1.5, after: 3.5 });
    expect(report({ sessions, complete: false }).leaks[0]?.trend.direction).toBe('unknown');
  });

  it('counts idle time of which the table knows, together with what looks saw', () => {
    const ended = session(1, -30, 40);
    const { pid, startedAt, user } = ended;
    const { leaks } = report({
      sessions: [ended],
      looks: [look(25, idleSince(ended, 20))],
      // Warned and signalled in the spell that a look saw begin; and one of a spell before the window.
      spells: [
        { pid, startedAt, user, from: at(20), to: at(38) },
        { pid, startedAt, user, from: at(-20), to: at(-10) },
      ],
    });
    expect(leaks[0]).toMatchObject({ observedSeconds: 38 * 60, wastedSeconds: 18 * 60 });
  });

  it('advises the setting of the client and of its user, but not a timeout that the server has already', () => {
    const one = session(1, 0, null);
    const without = report({ sessions: [one], looks: [look(60, idleSince(one, 0))] }).leaks[0];
    expect(without?.client).toBe('Metabase');
    expect(without?.advice.map(({ at: place, setting }) => [place, setting])).toEqual([
      ['client', 'MB_JDBC_DATA_WAREHOUSE_MAX_CONNECTION_POOL_SIZE below its default of 15'],
      ['server', 'ALTER USER "bi_reader" SESSION TIMEOUT 3600'],
    ]);
    const looks = [look(60, idleSince(one, 0, { serverTimeoutSeconds: 600 }))];
    expect(report({ sessions: [one], looks }).leaks[0]?.advice.map(({ at: place }) => place)).toEqual(['client']);
  });

  it('reports nothing where nobody was there', () => {
    expect(report({ looks: [look(30)] })).toEqual({
      window: { since: at(0), until: at(60) },
      looks: 1,
      total: {
        sessions: 0,
        openBefore: 0,
        opened: 0,
        closed: 0,
        open: 0,
        peak: 0,
        observedSeconds: 0,
        wastedSeconds: 0,
        killed: 0,
        reconnected: 0,
      },
      leaks: [],
    });
  });
});
