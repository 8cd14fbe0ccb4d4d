import { describe, expect, it } from 'vitest';
import { parseScheduleExpression } from '../../local/event-bridge/schedule-expression.ts';
import { Scheduler, type Timers } from '../../local/event-bridge/scheduler.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';

/** Friday. */
const FRIDAY = new Date('2026-08-21T10:07:30.000Z');

describe('parseScheduleExpression', () => {
  it.each([
    ['rate(5 minutes)', '2026-08-21T10:12:30.000Z'],
    ['rate(1 minute)', '2026-08-21T10:08:30.000Z'],
    ['rate(2 seconds)', '2026-08-21T10:07:32.000Z'],
    ['rate(1 hour)', '2026-08-21T11:07:30.000Z'],
    ['rate(1 day)', '2026-08-22T10:07:30.000Z'],
    ['cron(0/15 * * * ? *)', '2026-08-21T10:15:00.000Z'],
    ['cron(5/15 * * * ? *)', '2026-08-21T10:20:00.000Z'],
    ['cron(0 12 * * ? *)', '2026-08-21T12:00:00.000Z'],
    ['cron(0 8 1 * ? *)', '2026-09-01T08:00:00.000Z'],
    ['cron(0 18 ? * MON-FRI *)', '2026-08-21T18:00:00.000Z'],
    ['cron(0 8 ? * 2 *)', '2026-08-24T08:00:00.000Z'],
    ['cron(0 8 ? * SUN *)', '2026-08-23T08:00:00.000Z'],
    ['cron(0 8 ? * 1 *)', '2026-08-23T08:00:00.000Z'],
    ['cron(30 9 ? * 6#1 *)', '2026-09-04T09:30:00.000Z'],
    ['cron(0 0 L * ? *)', '2026-08-31T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2028)', '2028-01-01T00:00:00.000Z'],
  ])('reads %s', (expression, next) => {
    expect(parseScheduleExpression(expression).next(FRIDAY)?.toISOString()).toBe(next);
  });

  it('knows a schedule that is over', () => {
    expect(parseScheduleExpression('cron(0 0 1 1 ? 2020)').next(FRIDAY)).toBeNull();
  });

  it.each([
    ...['rate(1 minutes)', 'rate(5 minute)', 'rate(0 minutes)', 'rate(5 weeks)', 'every 5 minutes', 'cron(* * * * *)'],
    ...['cron(0 12 * * * *)', 'cron(0 12 ? * ? *)', 'cron(61 * * * ? *)', 'cron(* * * * ? * *)', ''],
  ])("refuses '%s'", (expression) => {
    expect(() => parseScheduleExpression(expression)).toThrow('Parameter ScheduleExpression is not valid.');
  });
});

describe('Scheduler', () => {
  /** Timers that stand still: only the clock's advance makes anything happen. */
  const held = () => {
    const delays: number[] = [];
    const timers: Timers = {
      set: (_callback, ms) => {
        delays.push(ms);
        return undefined as unknown as NodeJS.Timeout;
      },
      clear: () => undefined,
    };
    return { timers, delays };
  };

  it('fires when the clock reaches the due time, and not before', async () => {
    const clock = new VirtualClock();
    const fired: Date[] = [];
    const scheduler = new Scheduler(clock, held().timers);
    const start = clock.now().getTime();
    scheduler.set('rule', parseScheduleExpression('rate(5 minutes)'), (due) => fired.push(due));
    await clock.advance(299_000);
    expect(fired).toHaveLength(0);
    await clock.advance(2_000);
    expect(fired).toHaveLength(1);
    expect(Math.abs((fired[0]?.getTime() ?? 0) - start - 300_000)).toBeLessThan(200);
  });

  it('fires once for a jump past several due times, and then keeps its step', async () => {
    const clock = new VirtualClock();
    const fired: Date[] = [];
    const scheduler = new Scheduler(clock, held().timers);
    scheduler.set('rule', parseScheduleExpression('rate(1 minute)'), (due) => fired.push(due));
    await clock.advance(10 * 60_000 + 30_000);
    expect(fired).toHaveLength(1);
    await clock.advance(29_000);
    expect(fired).toHaveLength(1);
    await clock.advance(2_000);
    expect(fired).toHaveLength(2);
    expect((fired[1]?.getTime() ?? 0) - (fired[0]?.getTime() ?? 0)).toBe(10 * 60_000);
  });

  it('sets the timer to the schedule that is due first', () => {
    const { timers, delays } = held();
    const scheduler = new Scheduler(new VirtualClock(), timers);
    scheduler.set('slow', parseScheduleExpression('rate(1 hour)'), () => undefined);
    scheduler.set('quick', parseScheduleExpression('rate(2 seconds)'), () => undefined);
    expect(delays.at(-1)).toBeLessThanOrEqual(2_000);
    scheduler.remove('quick');
    expect(delays.at(-1)).toBeGreaterThan(3_590_000);
  });

  it('fires nothing after a schedule was removed or the scheduler stopped', async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const scheduler = new Scheduler(clock, held().timers);
    const often = parseScheduleExpression('rate(1 minute)');
    scheduler.set('removed', often, () => fired.push('removed'));
    scheduler.set('stopped', often, () => fired.push('stopped'));
    scheduler.remove('removed');
    await clock.advance(61_000);
    expect(fired).toEqual(['stopped']);
    scheduler.stop();
    await clock.advance(61_000);
    expect(fired).toEqual(['stopped']);
  });
});
