import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSignalled } from '../../src/backends/read-signalled.ts';
import { redshiftTermination } from '../../src/backends/redshift-termination.ts';

const victim = (pid: number, user = 'bi_reader') => ({ target: 'prod', pid, startedAt: '2026-11-20T09:12:44Z', user });

describe('redshiftTermination', () => {
  it('names a victim by the hash of its pid, start and user, in the parameter of its first digit', () => {
    const key = createHash('md5').update('1073@20261120091244@bi_reader').digest('hex').slice(0, 28);
    const { parameters } = redshiftTermination([victim(1073)]);
    expect(Object.keys(parameters)).toEqual([...'0123456789abcdef'].map((digit) => `victims_${digit}`));
    expect(Object.entries(parameters).filter(([, value]) => value !== '|')).toEqual([
      [`victims_${key.charAt(0)}`, `|${key}`],
    ]);
  });

  it('has another key for another pid, another start and another user', () => {
    const others = [
      { ...victim(1073), pid: 1074 },
      { ...victim(1073), startedAt: '2026-11-20T09:12:45Z' },
      { ...victim(1073), user: 'bi_reade' },
    ];
    const keys = [victim(1073), ...others].map((one) => Object.values(redshiftTermination([one]).parameters).join(''));
    expect(new Set(keys).size).toBe(4);
  });

  it('writes no value into the SQL, and harmless ones into the parameters, whatever the name', () => {
    const plain = redshiftTermination([victim(1)]).sql;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 2 ** 31 }), (user, pid) => {
        const { sql, parameters } = redshiftTermination([victim(pid, user)]);
        expect(sql).toBe(plain);
        expect(Object.values(parameters).join('')).toMatch(/^\|+[0-9a-f]{28}\|*$/);
      }),
    );
  });

  it('holds 2,000 victims in the same statement, below 64 KiB with their names at their longest', () => {
    const victims = Array.from({ length: 2_000 }, (_, index) =>
      victim(1_073_741_824 + index, `${'x'.repeat(46)}${index}`),
    );
    const { sql, parameters } = redshiftTermination(victims);
    expect(sql).toBe(redshiftTermination([victim(1)]).sql);
    const chunks = Object.values(parameters);
    expect(chunks.join('').match(/[0-9a-f]{28}/g)).toHaveLength(2_000);
    // A session is looked for in one of them: none has much more than its sixteenth.
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(2 * (2_000 / 16) * 29);
    expect(Buffer.byteLength(JSON.stringify({ sql, parameters }))).toBeLessThan(63 * 1024);
  });

  it('refuses more victims than a parameter holds', () => {
    const many = Array.from({ length: 40_000 }, (_, index) => victim(index));
    expect(() => redshiftTermination(many)).toThrow('lower caps.maxTerminations');
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
