import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedshiftServer } from '../../local/redshift/redshift-server.ts';
import { rewriteRedshiftSql } from '../../local/redshift/rewrite-redshift-sql.ts';
import { startRedshift } from '../../local/redshift/start-redshift.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';

const clock = new VirtualClock();
let redshift: RedshiftServer;
let client: pg.Client;

beforeAll(async () => {
  redshift = await startRedshift({ port: 0, clock, maxConnections: 20 });
  client = await redshift.connect({ user: 'awsuser', database: 'dev' });
});

afterAll(async () => {
  await client?.end();
  await redshift?.stop();
});

/** The text of the first column of the first row of Redshift's SQL. */
async function firstValue(sql: string, values: unknown[] = []): Promise<string | null> {
  const { rows } = await client.query<(string | null)[]>({
    text: rewriteRedshiftSql(sql),
    values,
    rowMode: 'array',
    types: { getTypeParser: () => String },
  });
  return rows[0]?.[0] ?? null;
}

/** The page's dateparts with all their names, and how many of each lie between 2008-12-31 23:59:59.999999 and a microsecond later. */
const DATEPARTS: [string[], string][] = [
  [['millennium', 'millennia', 'mil', 'mils'], '0'],
  [['century', 'centuries', 'c', 'cent', 'cents'], '0'],
  [['decade', 'decades', 'dec', 'decs'], '0'],
  [['year', 'years', 'y', 'yr', 'yrs'], '1'],
  [['quarter', 'quarters', 'qtr', 'qtrs'], '1'],
  [['month', 'months', 'mon', 'mons'], '1'],
  [['week', 'weeks', 'w'], '0'],
  [['day', 'days', 'd'], '1'],
  [['hour', 'hours', 'h', 'hr', 'hrs'], '1'],
  [['minute', 'minutes', 'm', 'min', 'mins'], '1'],
  [['second', 'seconds', 's', 'sec', 'secs'], '1'],
  [
    [
      'millisecond',
      'milliseconds',
      'ms',
      'msec',
      'msecs',
      'msecond',
      'mseconds',
      'millisec',
      'millisecs',
      'millisecon',
    ],
    '1',
  ],
  [['microsecond', 'microseconds', 'us', 'usec', 'usecs', 'usecond', 'useconds', 'microsec', 'microsecs'], '1'],
];

describe("Redshift's date functions", () => {
  it.each(DATEPARTS)(
    'counts the boundaries crossed for %j, bare, quoted and without rewriting',
    async (names, expected) => {
      const between = "timestamp '2008-12-31 23:59:59.999999', timestamp '2009-01-01 00:00:00'";
      const columns = names.flatMap((name) => [`datediff(${name}, ${between})`, `datediff('${name}', ${between})`]);
      const { rows } = await client.query<string[]>({
        text: rewriteRedshiftSql(`select ${columns.join(', ')}`),
        rowMode: 'array',
      });
      expect(new Set(rows[0])).toEqual(new Set([expected]));
      const direct = await client.query<string[]>({
        text: `select ${names.map((name) => `datediff('${name}', ${between})`).join(', ')}`,
        rowMode: 'array',
      });
      expect(new Set(direct.rows[0])).toEqual(new Set([expected]));
    },
  );

  it('counts fixed units as whole ones since the epoch, and months by the calendar', async () => {
    const moment = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    const fixed: [string, number][] = [
      ['day', 86_400_000],
      ['hour', 3_600_000],
      ['minute', 60_000],
      ['second', 1000],
      ['millisecond', 1],
    ];
    await fc.assert(
      fc.asyncProperty(moment, moment, async (earlier, later) => {
        const units = [...fixed.map(([unit]) => unit), 'month', 'quarter', 'year', 'week'];
        const { rows } = await client.query<string[]>({
          text: rewriteRedshiftSql(
            `select ${units.map((unit) => `datediff(${unit}, $1::timestamp, $2::timestamp)`).join(', ')}`,
          ),
          values: [earlier.toISOString(), later.toISOString()],
          rowMode: 'array',
        });
        const monthOf = (date: Date): number => date.getUTCFullYear() * 12 + date.getUTCMonth();
        const quarterOf = (date: Date): number => date.getUTCFullYear() * 4 + Math.floor(date.getUTCMonth() / 3);
        // 1970-01-05 was a Monday.
        const weekOf = (date: Date): number => Math.floor((date.getTime() / 86_400_000 - 4) / 7);
        expect(rows[0]?.map(Number)).toEqual([
          ...fixed.map(([, ms]) => Math.floor(later.getTime() / ms) - Math.floor(earlier.getTime() / ms)),
          monthOf(later) - monthOf(earlier),
          quarterOf(later) - quarterOf(earlier),
          later.getUTCFullYear() - earlier.getUTCFullYear(),
          weekOf(later) - weekOf(earlier),
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["select datediff(hour, '01:59', '02:01')", '1'],
    ["select datediff(hour, '2023-01-01', '2023-01-03 05:04:03')", '53'],
    ["select datediff(week, '2009-01-01', '2009-12-31')", '52'],
    ["select datediff(qtr, '1998-07-01', date '2008-06-05')", '39'],
    ["select datediff(day, date '2009-01-01', date '2009-03-23')", '81'],
    ["select datediff(minute, time '04:00:39', time '05:01:00')", '61'],
    ["select datediff(second, timestamptz '2020-01-01 00:00+00', timestamp '2020-01-01 00:00:10')", '10'],
    ["select dateadd(month, 1, '2008-04-30')", '2008-05-30 00:00:00'],
    ["select dateadd(day, -1, date '2008-03-01')", '2008-02-29 00:00:00'],
    ["select dateadd(mins, 90, time '23:00')", '00:30:00'],
    ["select add_months('2008-04-30', 1)", '2008-05-31 00:00:00'],
    ["select date_part(dw, timestamp '2026-11-22 12:00')", '0'],
    ["select date_part(sec, timestamp '2009-09-21 11:10:03.189717')", '3.189717'],
    ["select extract(sec from timestamp '2009-09-21 11:10:03.189717')", '3'],
    ["select extract(ms from timestamp '2009-09-21 11:10:03.189717')", '189'],
    ["select extract(us from timestamp '2009-09-21 11:10:03.189717')", '717'],
    ["select extract(decade from timestamp '1999-02-16 20:38:40')", '200'],
    ["select extract(century from timestamp '2000-12-16 12:21:13')", '20'],
    ["select extract(epoch from timestamp '2020-01-01 00:01:00' - timestamp '2020-01-01')", '60'],
    ["select date_trunc('w', timestamp '2026-11-20 15:00')", '2026-11-16 00:00:00'],
    ["select convert_timezone('America/New_York', timestamp '2026-07-01 12:00')", '2026-07-01 08:00:00'],
    ["select convert_timezone('Europe/Berlin', 'UTC', timestamp '2026-07-01 12:00')", '2026-07-01 10:00:00'],
    ["select trunc(timestamp '2026-07-01 12:00')", '2026-07-01'],
    ["select last_day('2024-02-10')", '2024-02-29'],
  ])('%s is %s', async (sql, expected) => {
    expect(await firstValue(sql)).toBe(expected);
  });

  it("refuses a datepart that the function cannot take, and leaves an unknown word to PostgreSQL's own message", async () => {
    await expect(firstValue("select datediff(dow, timestamp '2020-01-01', timestamp '2020-01-02')")).rejects.toThrow(
      'datediff: unit "dow" is not supported',
    );
    await expect(firstValue("select datediff(fortnight, timestamp '2020-01-01', getdate())")).rejects.toThrow(
      'column "fortnight" does not exist',
    );
  });
});

describe("Redshift's other functions", () => {
  it.each([
    ['select nvl(null, null, 3)', '3'],
    ["select nvl2(null, 'a', 'b')", 'b'],
    ["select decode(null, 1, 'one', null, 'none', 'other')", 'none'],
    ["select decode(2, 1, 'one', 'other')", 'other'],
    ["select len('abc '::char(10))", '3'],
    ["select len('abc ')", '4'],
    ["select '[' || trim('abc'::char(50)) || ']'", '[abc]'],
    ["select strpos('dogfish', 'fish')", '4'],
    ["select charindex('fish', 'dogfish')", '4'],
    ["select listagg(x, '-') within group (order by x desc) from (select 1 x union all select 2) t", '2-1'],
    ['select top 1 x from (select 1 x union all select 2) t order by x desc', '2'],
    ["select convert(int, '7')", '7'],
  ])('%s is %s', async (sql, expected) => {
    expect(await firstValue(sql)).toBe(expected);
  });

  it('gives a client on the PostgreSQL port nvl, nvl2, decode and listagg as functions', async () => {
    const { rows } = await client.query(
      "select nvl(null, 'b') a, nvl2(1, 'x', 'y') b, decode(1, 1, 'one') c, listagg(v, ',') d from (values ('p'), ('q')) t (v)",
    );
    expect(rows).toEqual([{ a: 'b', b: 'x', c: 'one', d: 'p,q' }]);
  });

  it('makes and fills a table with distribution keys and an identity column', async () => {
    await client.query(
      rewriteRedshiftSql(
        'create table if not exists sales (id bigint identity(1,1), v varchar(max) encode lzo) diststyle even sortkey(id)',
      ),
    );
    await client.query("insert into sales (v) values ('a'), ('b')");
    expect(await firstValue("select listagg(id || v, ' ') within group (order by id) from sales")).toBe('1a 2b');
  });
});

describe('the virtual clock', () => {
  it('moves getdate and sysdate, makes what was there older, and what comes after new', async () => {
    const before = await redshift.connect({ user: 'awsuser', database: 'dev', applicationName: 'before' });
    const wasThen = clock.now().getTime();
    await clock.advance(31 * 60_000);
    const after = await redshift.connect({ user: 'awsuser', database: 'dev', applicationName: 'after' });
    const { rows } = await client.query<{ name: string; age: string }>(
      `select trim(l.application_name) as name, datediff('second', s.starttime, getdate()) as age
       from stv_sessions s join stl_connection_log l on l.pid = s.process and l.event = 'initiating session'
       where l.application_name in ('before', 'after') order by 1 desc`,
    );
    const [old, young] = rows.map((row) => Number(row.age));
    expect(rows.map((row) => row.name)).toEqual(['before', 'after']);
    expect(old).toBeGreaterThanOrEqual(31 * 60);
    expect(old).toBeLessThan(31 * 60 + 60);
    expect(young).toBeLessThan(60);

    const getdate = await firstValue('select getdate()');
    const drift = new Date(`${getdate}Z`).getTime() - wasThen - 31 * 60_000;
    expect(Math.abs(drift)).toBeLessThan(60_000);
    expect(getdate).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(await firstValue('select datediff(minute, sysdate, getdate()) between -1 and 0 as same')).toBe('t');

    await clock.advance(3_600_000);
    const aged = await firstValue(
      `select datediff('minute', s.starttime, getdate()) from stv_sessions s
       join stl_connection_log l on l.pid = s.process and l.event = 'initiating session' where l.application_name = 'after'`,
    );
    expect(Number(aged)).toBeGreaterThanOrEqual(60);
    expect(Number(aged)).toBeLessThanOrEqual(61);
    await before.end();
    await after.end();
  });

  it('is the same in every database, also in one made later', async () => {
    await client.query('create database marketing');
    const other = await redshift.connect({ user: 'awsuser', database: 'marketing' });
    try {
      const { rows } = await other.query<{ ahead: number; sessions: string }>(
        `select round(extract(epoch from sysdate() - (transaction_timestamp() at time zone 'UTC')))::int as ahead,
           (select count(*) from stv_sessions) as sessions`,
      );
      expect(rows[0]?.ahead).toBe(clock.offsetMs / 1000);
      // Sessions of all databases: this one, ours and the keeper's.
      expect(Number(rows[0]?.sessions)).toBe(3);
    } finally {
      await other.end();
    }
  });
});
