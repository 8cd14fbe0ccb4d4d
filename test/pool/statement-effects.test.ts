import { describe, expect, it } from 'vitest';
import { statementEffects } from '../../src/pool/statement-effects.ts';

describe('statementEffects', () => {
  it.each([
    'begin',
    'BEGIN TRANSACTION read only',
    '  -- a remark\n start   transaction',
    '/* outer /* inner */ still a comment */ begin',
    ';; begin',
    'select 1; begin',
    'begin; insert into t values (1); commit',
  ])('sees that %j begins a transaction', (sql) => {
    expect(statementEffects(sql).transaction).toBe('begins');
  });

  it.each(['select 1; commit', 'commit', 'END', 'rollback', 'abort', "/* it's */ rollback work"])(
    'sees that %j ends one',
    (sql) => {
      expect(statementEffects(sql).transaction).toBe('ends');
    },
  );

  it.each([
    'set search_path to x',
    "select set_config('a', 'b', false)",
    'create temp table t (a int)',
    'create TEMPORARY table t (a int)',
    'create table #t (a int)',
    'select 1 into #t',
    'prepare p as select 1',
    'declare c cursor for select 1',
    'call procedure()',
    'reset all',
    'select 1; set search_path to x',
    "use'analytics'",
    "create tempe'x'",
    "select 'x\\'' ; set search_path to x --'",
    "select 'x\\'; set search_path to x --'",
    "select ';' ;\n (set search_path to x)",
  ])('takes %j for one that leaves traces', (sql) => {
    expect(statementEffects(sql)).toEqual({ transaction: null, leavesTraces: true });
  });

  it.each([
    'select 1',
    "select 'begin; set x to 1; create temp table #t'",
    'select "temp", "#", "set" from t',
    'select 1 -- set search_path to x, #t, temp',
    'select /* begin #t temp */ 1',
    "select ';set x'; select 1 -- ; begin",
    "select $$ temp #t $$, $tag$ set_config $tag$, e'\\' #'",
    'with settings as (select 1) select * from settings',
    'select ended, beginning, offset_at from t',
    'update t set a = 1',
  ])('finds nothing in %j', (sql) => {
    expect(statementEffects(sql)).toEqual({ transaction: null, leavesTraces: false });
  });

  it('takes a dollar quote that nothing closes for words, and its last sign for the first of the next', () => {
    expect(statementEffects('select $a$b$ #temp $b$').leavesTraces).toBe(false);
    expect(statementEffects('select $a$ ; set x to 1').leavesTraces).toBe(true);
    expect(statementEffects('select $temp$ 1').leavesTraces).toBe(true);
  });

  it('reads the longest text that the Data API takes in well under a second, however many tags it leaves open', () => {
    const tags = Array.from({ length: 12_000 }, (_, index) => `$t${index}$ `).join('');
    const began = performance.now();
    expect(statementEffects(`select 1 ${tags}; begin`).transaction).toBe('begins');
    expect(performance.now() - began).toBeLessThan(500);
  });
});
