import { describe, expect, it } from 'vitest';
import { tellTrend } from '../../src/leaks/tell-trend.ts';
import { session, WINDOW } from './leak-examples.ts';

const half = (older: number, newer: number) => [
  ...Array.from({ length: older }, (_, index) => session(100 + index, 0, 30)),
  ...Array.from({ length: newer }, (_, index) => session(200 + index, 30, null)),
];

describe('tellTrend', () => {
  it.each([
    [1, 3, 'growing'],
    [3, 1, 'shrinking'],
    [10, 11, 'steady'],
    [10, 12, 'growing'],
    [0, 1, 'growing'],
    [0, 0, 'steady'],
  ])('calls %i sessions and then %i %s', (older, newer, direction) => {
    expect(tellTrend(half(older, newer), WINDOW, true)).toEqual({ direction, before: older, after: newer });
  });

  it('weighs sessions by the time for which they were open in each half', () => {
    const sessions = [session(1, -10, 15), session(2, 45, null)];
    expect(tellTrend(sessions, WINDOW, true)).toEqual({ direction: 'steady', before: 0.5, after: 0.5 });
  });

  it('takes a change of less than half a session for none', () => {
    expect(tellTrend([session(1, 48, null)], WINDOW, true)).toEqual({ direction: 'steady', before: 0, after: 0.4 });
  });

  it('does not judge where the older sessions are not known', () => {
    expect(tellTrend(half(0, 5), WINDOW, false).direction).toBe('unknown');
  });
});
