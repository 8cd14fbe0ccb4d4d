import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSignalled } from '../../src/backends/read-signalled.ts';
import { redshiftTermination } from '../../src/backends/redshift-termination.ts';

const victim = (pid: number, user = 'bi_reader') => ({ target: 'prod', pid, startedAt: '2026-11-20T09:12:44Z', user });

describe('redshiftTermination', () => {
  it('names a victim by pid, start and the hash of its user', () => {
    const hash = createHash('md5').update('bi_reader').digest('hex');
    expect(redshiftTermination([victim(1073)]).parameters).toEqual({ victims_0: `|1073@20261120091244@${hash}|` });
  });

  it('writes no value into the SQL, and harmless ones into the parameters, whatever the name', () => {
    const plain = redshiftTermination([victim(1)]).sql;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 2 ** 31 }), (user, pid) => {
        const { sql, parameters } = redshiftTermination([victim(pid, user)]);
        expect(sql).toBe(plain);
        expect(parameters['victims_0']).toMatch(/^\|\d+@\d{14}@[0-9a-f]{32}\|$/);
      }),
    );
  });

  it('holds 2,000 victims in one statement of a few lines more', () => {
    const { sql, parameters } = redshiftTermination(
      Array.from({ length: 2_000 }, (_, index) => victim(1_000_000 + index)),
    );
    const chunks = Object.values(parameters);
    expect(Object.keys(parameters)).toEqual(['victims_0', 'victims_1']);
    expect(chunks.every((chunk) => Buffer.byteLength(chunk) <= 60_000)).toBe(true);
    expect(chunks.join('').match(/\|\d+@/g)).toHaveLength(2_000);
    expect(sql.length - redshiftTermination([victim(1)]).sql.length).toBeLessThan(250);
  });

  it('is of one target, and of somebody', () => {
    expect(() => redshiftTermination([])).toThrow('exactly one target');
    expect(() => redshiftTermination([victim(1), { ...victim(2), target: 'other' }])).toThrow('got 2 of 2 targets');
  });
});

describe('readSignalled', () => {
  const row = (signalled: string | number | boolean | null) => ({
    pid: 1073,
    started_at: '20261120091244',
    user_name: 'bi_reader'.padEnd(50),
    signalled,
  });

  it.each([true, 1, '1', null, ''])('takes %j for signalled: what the server returns is not documented', (answer) => {
    expect(readSignalled([row(answer)], 'prod')).toEqual([victim(1073)]);
  });

  it.each([false, 0, 'f'])('takes %j for a plain no', (answer) => {
    expect(readSignalled([row(answer)], 'prod')).toEqual([]);
  });

  it('refuses the rows of another statement', () => {
    expect(() => readSignalled([{ one: 1 }], 'prod')).toThrow(/Row 1 of the guarded statement of target 'prod'/);
  });
});
