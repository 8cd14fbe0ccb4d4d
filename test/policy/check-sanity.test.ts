import { describe, expect, it } from 'vitest';
import { checkSanity, DEFAULT_SANITY, type EarlierLook, type SanityLimits } from '../../src/policy/check-sanity.ts';

const LIMITS = { minBackends: 3, maxShrink: 5, maxGrowth: 4, compareRuns: 3 };

function looks(...backends: readonly number[]): EarlierLook[] {
  return backends.map((count) => ({ backends: count, ended: 0, believed: true }));
}

function refused(backends: number, earlier: readonly EarlierLook[], limits: SanityLimits = LIMITS): string | null {
  return checkSanity('prod', backends, limits, earlier)?.message ?? null;
}

describe('checkSanity', () => {
  it('refuses fewer backends than the floor, whatever was seen before', () => {
    expect(checkSanity('prod', 2, LIMITS, [])?.name).toBe('SnapshotAnomalous');
    expect(refused(2, [])).toBe(
      "Expected at least 3 backends on target 'prod' (sanity.minBackends: 3), got 2; so few may be a partial view, and " +
        'nothing was done. Look at the sessions with slotkeeper backends; if so few are right, lower sanity.minBackends.',
    );
    expect(refused(3, [])).toBeNull();
  });

  it('refuses a snapshot that shrinks below the least, or grows above the most of the last runs by more than the factor', () => {
    const earlier = looks(120, 100, 110);
    expect(refused(20, earlier)).toBeNull();
    expect(refused(19, earlier)).toBe(
      "Expected at least 1/5 of 100 backends on target 'prod', as seen by 3 of the last runs (sanity.maxShrink: 5), got " +
        '19; such a change may be a wrong view, and nothing was done. If it lasts for 3 runs (sanity.compareRuns) it is ' +
        'taken for real; if it is real now, raise sanity.maxShrink.',
    );
    expect(refused(480, earlier)).toBeNull();
    expect(refused(481, earlier)).toContain('Expected at most 4 times 120 backends');
  });

  it('compares no small numbers, and nothing before there was a run', () => {
    expect(refused(500, looks(19, 12))).toBeNull();
    expect(refused(3, looks(19))).toBeNull();
    expect(refused(500, [])).toBeNull();
  });

  it('compares with as many runs as it is told, the newest first', () => {
    expect(refused(10, looks(100, 100, 100, 15))).not.toBeNull();
    expect(refused(10, looks(100, 100, 15, 100))).toBeNull();
  });

  it('takes what runs may have ended themselves for no shrinking', () => {
    expect(refused(5, [{ backends: 500, ended: 495, believed: true }])).toBeNull();
    expect(refused(5, [{ backends: 500, ended: 400, believed: true }])).not.toBeNull();
  });

  it('believes a change that lasts, once all runs that it is compared with were refused', () => {
    const refusals = [1, 2, 3].map(() => ({ backends: 10, ended: 0, believed: false }));
    expect(refused(10, [...refusals.slice(0, 2), ...looks(100)])).not.toBeNull();
    expect(refused(10, refusals)).toBeNull();
    expect(refused(10, [...looks(10), ...refusals])).toBeNull();
  });

  it('can be told not to compare', () => {
    const off = { ...LIMITS, maxShrink: null, maxGrowth: null };
    expect([refused(3, looks(900), off), refused(900, looks(20), off)]).toEqual([null, null]);
  });

  it('lets pass by default that a server fills up, and that everybody leaves who had few sessions', () => {
    expect(checkSanity('prod', 500, DEFAULT_SANITY, looks(25))).toBeNull();
    expect(checkSanity('prod', 1, DEFAULT_SANITY, looks(19))).toBeNull();
    expect(checkSanity('prod', 2, DEFAULT_SANITY, looks(300))?.name).toBe('SnapshotAnomalous');
  });
});
