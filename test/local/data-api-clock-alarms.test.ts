import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClockAlarms } from '../../local/data-api/clock-alarms.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';

const errors: unknown[] = [];

beforeEach(() => {
  errors.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const clock = new VirtualClock();
  const alarms = new ClockAlarms(clock, (error) => errors.push(error));
  const rung: string[] = [];
  const set = (name: string, ms: number) => alarms.at(clock.now().getTime() + ms, () => void rung.push(name));
  return { clock, alarms, rung, set };
}

describe('ClockAlarms', () => {
  it('rings when real time gets there', () => {
    const { rung, set } = start();
    set('minute', 60_000);
    vi.advanceTimersByTime(59_999);
    expect(rung).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(rung).toEqual(['minute']);
  });

  it('rings in order when the clock jumps past several alarms, each once', async () => {
    const { clock, rung, set } = start();
    set('second', 2000);
    set('first', 1000);
    set('later', 3000);
    await clock.advance(2000);
    vi.advanceTimersByTime(500);
    expect(rung).toEqual(['first', 'second']);
    vi.advanceTimersByTime(500);
    expect(rung).toEqual(['first', 'second', 'later']);
  });

  it('makes advance wait for the actions, and fail with them', async () => {
    const { clock, alarms } = start();
    let done = false;
    alarms.at(clock.now().getTime() + 10, async () => {
      await Promise.resolve();
      done = true;
    });
    await clock.advance(10);
    expect(done).toBe(true);
    alarms.at(clock.now().getTime() + 10, () => Promise.reject(new Error('no')));
    await expect(clock.advance(10)).rejects.toThrow('no');
  });

  it('reports an action that fails by itself', async () => {
    const { clock, alarms } = start();
    alarms.at(clock.now().getTime() + 10, () => Promise.reject(new Error('alone')));
    await vi.advanceTimersByTimeAsync(10);
    expect(errors.map(String)).toEqual(['Error: alone']);
  });

  it('does not ring what was taken back', async () => {
    const { clock, rung, set } = start();
    set('never', 1000)();
    await clock.advance(1000);
    vi.advanceTimersByTime(1000);
    expect(rung).toEqual([]);
  });

  it('waits beyond the reach of one timer', () => {
    const { rung, set } = start();
    const thirtyDays = 30 * 86_400_000;
    set('month', thirtyDays);
    vi.advanceTimersByTime(thirtyDays - 1);
    expect(rung).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(rung).toEqual(['month']);
  });

  it('wakes who waits on a signal, at once on one that has aborted, and all when it closes', async () => {
    const { alarms, clock } = start();
    const abort = new AbortController();
    const waiting = alarms.after(1000, abort.signal);
    abort.abort();
    await waiting;
    await alarms.after(1000, abort.signal);
    const last = alarms.after(1000);
    alarms.close();
    await last;
    expect(clock.offsetMs).toBe(0);
  });
});
