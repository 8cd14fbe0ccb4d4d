import { describe, expect, it } from 'vitest';
import { readRedshiftHistory } from '../../src/backends/read-redshift-history.ts';

const row = {
  pid: 812,
  started_at: '20261120090000',
  ended_at: null as string | null,
  user_name: 'bi_reader       ',
  database_name: 'dev  ',
  application_name: null,
  client_host: '10.0.0.7  ',
  driver: null,
};

describe('readRedshiftHistory', () => {
  it('reads a session without its padding, and what is missing as empty', () => {
    expect(readRedshiftHistory([row], 'prod')).toEqual({
      truncated: false,
      sessions: [
        {
          pid: 812,
          startedAt: '2026-11-20T09:00:00Z',
          endedAt: null,
          user: 'bi_reader',
          database: 'dev',
          application: '',
          clientHost: '10.0.0.7',
          driver: '',
        },
      ],
    });
  });

  it('takes a session that ended between the looks at the two views once, as ended', () => {
    const ended = { ...row, ended_at: '20261120100000123456' };
    for (const rows of [
      [row, ended],
      [ended, row],
    ]) {
      const { sessions } = readRedshiftHistory(rows, 'prod');
      expect(sessions.map(({ endedAt }) => endedAt)).toEqual(['2026-11-20T10:00:00.123456Z']);
    }
  });

  it('says so when there is more than is read', () => {
    const rows = [1, 2, 3].map((pid) => ({ ...row, pid }));
    expect(readRedshiftHistory(rows, 'prod', 2)).toMatchObject({ truncated: true, sessions: [{ pid: 1 }, { pid: 2 }] });
    expect(readRedshiftHistory(rows, 'prod', 3).truncated).toBe(false);
  });

  it('refuses rows of another statement, naming row and column', () => {
    expect(() => readRedshiftHistory([row, { ...row, started_at: 'yesterday' }], 'prod')).toThrow(
      "Row 2 of the session history of target 'prod' is not of the expected shape: started_at: expected a time",
    );
  });
});
