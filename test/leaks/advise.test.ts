import { describe, expect, it } from 'vitest';
import { advise } from '../../src/leaks/advise.ts';

const group = { user: 'bi_reader', application: 'psql', host: '10.0.0.7', driver: '' };
const quiet = { wastedSeconds: 60, came: 0, serverTimeout: false, own: false, engine: 'redshift' } as const;

describe('advise', () => {
  it('has the server help where the client is not known', () => {
    expect(advise(group, quiet)).toMatchObject({
      client: null,
      advice: [{ at: 'server', setting: 'ALTER USER "bi_reader" SESSION TIMEOUT 3600' }],
    });
  });

  it('quotes the name of the user, and leaves out how it signed in', () => {
    const statement = (user: string) => advise({ ...group, user }, quiet).advice[0]?.setting;
    expect(statement('IAM:ana')).toBe('ALTER USER "ana" SESSION TIMEOUT 3600');
    expect(statement('IAMA:ana:analysts')).toBe('ALTER USER "ana" SESSION TIMEOUT 3600');
    expect(statement('IAMR:etl')).toBe('ALTER USER "IAMR:etl" SESSION TIMEOUT 3600');
    expect(statement('o"dd; drop')).toBe('ALTER USER "o""dd; drop" SESSION TIMEOUT 3600');
  });

  it('says to PostgreSQL what PostgreSQL understands', () => {
    const { advice } = advise({ ...group, user: 'o"dd' }, { ...quiet, engine: 'postgres' });
    expect(advice).toMatchObject([
      { at: 'server', setting: 'ALTER ROLE "o""dd" SET idle_session_timeout = \'3600s\'' },
    ]);
  });

  it('has nothing to say where nothing is wasted, but knows the client all the same', () => {
    expect(advise({ ...group, application: 'dbt' }, { ...quiet, wastedSeconds: 59 })).toEqual({
      client: 'dbt',
      advice: [],
    });
  });

  it('lets nobody time out the user as whom Slotkeeper itself signs in', () => {
    expect(advise(group, { ...quiet, own: true }).advice).toEqual([]);
  });

  it('says nothing to a user where sessions of many are put together', () => {
    expect(advise({ ...group, user: null }, quiet).advice).toEqual([]);
  });

  it('tells a client that comes back to close by itself, and has the server end none of its sessions either', () => {
    const { advice } = advise(group, { ...quiet, wastedSeconds: 4000, came: 3 });
    expect(advice).toHaveLength(1);
    expect(advice[0]?.why).toContain('after 3 of its sessions had been ended');
  });
});
