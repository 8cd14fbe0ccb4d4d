import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALARM_KEYS } from '../../deploy/alarm.ts';
import { costOf } from '../../scripts/cost/cost-of.ts';
import { countStack } from '../../scripts/cost/count-stack.ts';
import type { MeasuredRun } from '../../scripts/cost/measured-runs.ts';

const run: MeasuredRun = { transitions: 10, lambda: 4, writes: 5, reads: 20, messages: 0, events: 1, dataApi: 3 };
const measured = {
  sessions: 20,
  quiet: run,
  warning: { ...run, transitions: 15, messages: 1 },
  ending: { ...run, transitions: 25 },
};
const FIXED = { metrics: 15, alarms: 8, dashboards: 1, keys: 1, secrets: 1 };

describe('what a stage costs', () => {
  it('is what its runs ask for, times their prices, and what stands there all month', () => {
    const use = { targets: 2, interval: 600, actingPerDay: 10, lambdaMs: 500 };
    const lines = Object.fromEntries(costOf(measured, FIXED, use).map((line) => [line.item, line]));
    // 30 days of 144 runs and 2 targets: 300 warn, 300 end, 3,720 find nothing due, each twice.
    expect(lines['transitions']?.quantity).toBe(2 * (3_720 * 10 + 300 * 15 + 300 * 25));
    expect(lines['transitions']?.dollars).toBeCloseTo(2.46, 5);
    expect(lines['lambdaSeconds']?.quantity).toBe((2 * 4_320 * 4) / 2);
    expect(lines['reads']?.quantity).toBe(2 * 4_320 * 40);
    expect(lines['messages']?.quantity).toBe(600);
    expect(lines['metrics']?.dollars).toBeCloseTo(4.5, 5);
  });

  it('counts the parts of the stack by the stack itself', () => {
    const [one, three] = [countStack(1, 10), countStack(3, 10)];
    expect(three.metrics).toBe(3 * one.metrics);
    expect(three.alarms).toBeGreaterThan(one.alarms);
    expect([three.dashboards, three.keys, three.secrets]).toEqual([1, 1, 1]);
  });

  it('is on the page as the command prints it: after a change, run `node scripts/cost-page.ts --write`', () => {
    const printed = execFileSync(process.execPath, ['scripts/cost-page.ts'], { encoding: 'utf8' });
    expect(readFileSync('docs/deploy.md', 'utf8')).toBe(printed);
  });
});

describe('docs/operations.md', () => {
  it('says of every alarm what to do, where its description sends people', () => {
    const page = readFileSync('docs/operations.md', 'utf8');
    const headings = [...page.matchAll(/^## (\S+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(Object.keys(ALARM_KEYS));
  });
});
