import { describe, expect, it } from 'vitest';
import { checkSchedule } from '../../src/config/check-schedule.ts';

describe('checkSchedule', () => {
  it.each([
    'rate(1 minute)',
    'rate(10 minutes)',
    'rate(1 hour)',
    'rate(2 days)',
    'rate(2 seconds)',
    'cron(0 10 * * ? *)',
    'cron(15 12 * * ? *)',
    'cron(0 18 ? * MON-FRI *)',
    'cron(0 8 1 * ? *)',
    'cron(0/10 * ? * MON-FRI *)',
    'cron(*/5 8,12-17 ? * 2-6 2026-2027)',
    'cron(0 9 L * ? *)',
    'cron(0 9 15W JAN,jul ? *)',
    'cron(0 9 ? * 6#3 *)',
    'cron(0 9 ? * 5L *)',
  ])('takes %s', (text) => {
    expect(checkSchedule(text)).toBeNull();
  });

  it.each([
    ['every 10 minutes', 'it is written'],
    ['rate(0 minutes)', 'singular'],
    ['rate(1 minutes)', 'singular'],
    ['rate(2 minute)', 'singular'],
    ['rate(5 weeks)', 'it is written'],
    ['rate( 5 minutes )', 'it is written'],
    ['cron(0 10 * * ?)', 'six fields'],
    ['cron(0 10 * * * *)', 'exactly one'],
    ['cron(0 10 ? * ? *)', 'exactly one'],
    ['cron(60 10 * * ? *)', 'minutes takes 0 to 59'],
    ['cron(0 24 * * ? *)', 'hours takes 0 to 23'],
    ['cron(0 10 0 * ? *)', 'day of month takes 1 to 31'],
    ['cron(0 10 * 13 ? *)', 'month takes 1 to 12'],
    ['cron(0 10 ? * 0 *)', 'day of week takes 1 to 7'],
    ['cron(0 10 ? * XXX *)', 'day of week'],
    ['cron(0 10 * * ? 1969)', 'year takes 1970 to 2199'],
    ['cron(0/0 10 * * ? *)', 'minutes'],
    ['cron(? 10 * * ? *)', 'minutes'],
    ['cron(1-2-3 10 * * ? *)', 'minutes'],
  ])('refuses %s', (text, problem) => {
    expect(checkSchedule(text)).toContain(problem);
  });
});
