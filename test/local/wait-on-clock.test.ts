import { describe, expect, it } from 'vitest';
import { waitOnClock } from '../../local/step-functions/wait-on-clock.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';

function setting(pace = 1) {
  const clock = new VirtualClock();
  const abort = new AbortController();
  return { clock, abort, wait: { enteredAt: clock.now(), clock, pace, signal: abort.signal } };
}

/** Whether a promise is settled once everything that is due has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const mark = () => {
    settled = true;
  };
  promise.then(mark, mark);
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('waitOnClock', () => {
  it('passes its input on when the clock shows the time, counted from the entry of the state', async () => {
    const { clock, wait } = setting();
    await clock.advance(40_000);
    const waiting = waitOnClock({ input: { a: 1 }, seconds: 60 }, wait);
    await clock.advance(19_000);
    expect(await isSettled(waiting)).toBe(false);
    await clock.advance(1_000);
    expect(await waiting).toEqual({ a: 1 });
  });

  it('waits until a point in time', async () => {
    const { clock, wait } = setting();
    const timestamp = new Date(clock.now().getTime() + 3_600_000).toISOString();
    const waiting = waitOnClock({ input: null, timestamp }, wait);
    await clock.advance(3_590_000);
    expect(await isSettled(waiting)).toBe(false);
    await clock.advance(10_000);
    expect(await waiting).toBeNull();
  });

  it('hurries by its pace', async () => {
    const { clock, wait } = setting(0.5);
    const waiting = waitOnClock({ input: 'x', seconds: 60 }, wait);
    await clock.advance(29_000);
    expect(await isSettled(waiting)).toBe(false);
    await clock.advance(1_000);
    expect(await waiting).toBe('x');
  });

  it('ends with the reason of an abort', async () => {
    const { abort, wait } = setting();
    const waiting = waitOnClock({ input: null, seconds: 60 }, wait);
    abort.abort(new Error('The execution has ended.'));
    await expect(waiting).rejects.toThrow('The execution has ended.');
  });

  it.each([
    [{ seconds: 1.5 }, /whole number from 0 up, got 1\.5/],
    [{ seconds: -1 }, /whole number from 0 up, got -1/],
    [{ seconds: '5' }, /whole number from 0 up, got "5"/],
    [{ timestamp: 'tomorrow' }, /ISO 8601 time, got "tomorrow"/],
  ])('refuses %j as the engine of AWS does', async (parameters, message) => {
    const waiting = waitOnClock({ input: null, ...parameters }, setting().wait);
    await expect(waiting).rejects.toMatchObject({ name: 'States.Runtime', message: expect.stringMatching(message) });
  });
});
