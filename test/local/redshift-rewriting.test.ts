import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteRedshiftSql } from '../../local/redshift/rewrite-redshift-sql.ts';

/** [what is told, Redshift's SQL, PostgreSQL's] */
const REWRITTEN: [string, string, string][] = [
  [
    'a bare datepart of datediff becomes a string',
    'select datediff(secs, a, getdate()) d from t',
    "select date_diff('second', a, getdate()) d from t",
  ],
  ['m is minute, not month, as the page says', 'select dateadd(m, -1, a)', "select date_add('minute', -1, a)"],
  [
    'a datepart in quotes is read too',
    "select date_trunc('w', a), date_part(dw, a)",
    "select date_trunc('week', a), date_part('dow', a)",
  ],
  [
    'extract gives the integer of that part alone',
    'select extract(epoch from getdate() - a)',
    "select pg_slotkeeper.date_part('epoch', getdate() - a)",
  ],
  ['sysdate is a function call', 'select sysdate', 'select pg_catalog.sysdate()'],
  [
    'sysdate in a string, a quoted name, a qualified name, an alias or a comment stays',
    'select \'sysdate\', "sysdate", t.sysdate, 1 as sysdate /* sysdate /* nested */ */ from t -- sysdate',
    'select \'sysdate\', "sysdate", t.sysdate, 1 as sysdate /* sysdate /* nested */ */ from t -- sysdate',
  ],
  [
    'a sysdate that is a parameter stays',
    'select :sysdate, $1 from t where a::date = :t',
    'select :sysdate, $1 from t where a::date = :t',
  ],
  ['nvl takes any number of arguments', 'select nvl(a, b, nvl(c, 1))', 'select coalesce(a, b, coalesce(c, 1))'],
  ['nvl2 is a case', 'select nvl2(a, b, c)', 'select (case when (a) is not null then b else c end)'],
  [
    'decode takes null for equal to null',
    "select decode(a, null, 'n', 1, 'one', 'other')",
    "select (case when (a) is not distinct from (null) then 'n' when (a) is not distinct from (1) then 'one' else 'other' end)",
  ],
  ["PostgreSQL's decode of two arguments stays", "select decode('00', 'hex')", "select decode('00', 'hex')"],
  [
    'listagg within group is string_agg with an order',
    "select listagg(a, ', ') within group (order by b desc) from t",
    "select string_agg((a)::text, ', ' order by b desc) from t",
  ],
  [
    'a distinct listagg is ordered by the expression PostgreSQL wants',
    "select listagg(distinct a, ',') within group (order by a) from t",
    "select string_agg(distinct (a)::text, ',' order by (a)::text) from t",
  ],
  ['top is limit', 'select top 10 a from t order by a', 'select a from t order by a limit 10'],
  [
    'top of a subquery ends with the subquery',
    'select top 2 a, (select top 1 b from u) from t;',
    'select a, (select b from u limit 1) from t limit 2;',
  ],
  [
    'top in a union counts for its select alone',
    'select top 3 a from t union all select b from u',
    '(select a from t limit 3) union all select b from u',
  ],
  [
    'minus between queries is except',
    'select a from t minus select a from u',
    'select a from t except select a from u',
  ],
  ['convert(type, value) is a cast', 'select convert(int, a)', 'select cast(a as int)'],
  ['varchar(max) has a number', 'select a::varchar(max)', 'select a::varchar(65535)'],
  [
    "a table loses Redshift's attributes",
    'create temp table t (id bigint identity(1,1) encode az64 distkey, sortkey int, b varchar(max) sortkey) diststyle key compound sortkey(id, b)',
    'create temp table t (id bigint generated always as identity (start with 1 increment by 1), sortkey int, b varchar(65535))',
  ],
  [
    'a table made of a query loses them too',
    'create table t distkey(a) sortkey(b) as select nvl(a, 1) a, b from u',
    'create table t as select coalesce(a, 1) a, b from u',
  ],
  ['a user without password', 'create user bob password disable', 'create user bob password null'],
  [
    'connection limit unlimited is -1',
    'alter user bob connection limit unlimited',
    'alter user bob connection limit -1',
  ],
  [
    'options that only Redshift has are done besides, as one command',
    'alter user bob nocreateuser syslog access unrestricted session timeout 120',
    'do $slotkeeper$begin alter user bob nosuperuser; grant "slotkeeper:syslog_unrestricted" to bob; ' +
      "perform pg_slotkeeper.set_session_timeout('bob', 120); end$slotkeeper$",
  ],
  [
    'a quoted user name is handed on as it is',
    'alter user "O\'B""b" reset session timeout',
    `do $slotkeeper$begin perform pg_slotkeeper.set_session_timeout('O''B"b', 0); end$slotkeeper$`,
  ],
  ['an ordinary alter user stays', 'ALTER USER bob CONNECTION LIMIT 5', 'ALTER USER bob CONNECTION LIMIT 5'],
  [
    'cancel is a function without a result',
    "cancel 123 'enough'",
    'do $slotkeeper$begin perform pg_catalog.pg_cancel_backend(123); end$slotkeeper$',
  ],
  ['a system role is quoted', 'grant role sys:operator to bob', 'grant "sys:operator" to bob'],
  ['a session parameter of Redshift gets a prefix', "set query_group to 'a'", "set redshift.query_group to 'a'"],
  [
    "a procedure's body is rewritten",
    'create procedure p() nonatomic as $$ begin perform datediff(s, sysdate, x); end $$ language plpgsql',
    "create procedure p()  as $$ begin perform date_diff('second', pg_catalog.sysdate(), x); end $$ language plpgsql",
  ],
  [
    'text beyond the basic plane does not shift anything',
    "select '😀é', sysdate",
    "select '😀é', pg_catalog.sysdate()",
  ],
];

describe("Redshift's SQL as PostgreSQL's", () => {
  it.each(REWRITTEN)('%s', (_what, redshift, postgres) => {
    expect(rewriteRedshiftSql(redshift)).toBe(postgres);
  });

  it.each([
    'select process, starttime from stv_sessions where process <> pg_backend_pid()',
    'select datediff(fortnight, a, b)',
    "select 'never ended",
    'select ((1)',
    'datediff(',
    '',
    ';;',
  ])('leaves alone what it does not know: %s', (sql) => {
    expect(rewriteRedshiftSql(sql)).toBe(sql);
  });

  it('rewrites each of several statements and keeps what is between them', () => {
    expect(rewriteRedshiftSql('/* one */ select sysdate; -- two\n select nvl(a, 1)\n;')).toBe(
      '/* one */ select pg_catalog.sysdate(); -- two\n select coalesce(a, 1)\n;',
    );
  });

  it('never throws, and what it has rewritten once it does not change again', () => {
    const piece = fc.constantFrom(
      ...'select top 5 nvl ( ) , nvl2 decode datediff day listagg within group order by union create table user ; "x" \'s\' $$ :p :: $1 extract from sysdate alter session timeout 60'.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 25 }).map((words) => words.join(' ')),
          fc.string(),
        ),
        (sql) => {
          expect(rewriteRedshiftSql(sql)).toBeTypeOf('string');
        },
      ),
    );
    for (const [, redshift] of REWRITTEN) {
      const once = rewriteRedshiftSql(redshift);
      expect(rewriteRedshiftSql(once)).toBe(once);
    }
  });

  it('never changes a string, a quoted name or a comment', () => {
    const inner = fc.string({ unit: fc.constantFrom('sysdate', 'nvl(', ' ', 'top 1', '\n', 'é', '😀', ';') });
    fc.assert(
      fc.property(inner, inner, inner, (text, name, comment) => {
        const sql = `select '${text}', "x${name}", sysdate /* ${comment} */ from t`;
        expect(rewriteRedshiftSql(sql)).toBe(sql.replace('", sysdate /*', '", pg_catalog.sysdate() /*'));
      }),
    );
  });
});
