import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALARM_KEYS } from '../../deploy/alarm.ts';
import { POOL_COUNTS, POOL_DURATIONS, RUN_METRICS } from '../../src/messaging/metric-names.ts';

const page = readFileSync('docs/metrics.md', 'utf8');
const named = (text: string) => [...text.matchAll(/^\| `([\w<>-]+)` \|/gm)].map(([, name]) => name);

it('docs/metrics.md explains every metric of runs and every alarm, and no other', () => {
  const [metrics = '', alarms = ''] = page.split('## Alarms');
  expect(named(metrics).sort()).toEqual([...RUN_METRICS].sort());
  const keys = named(alarms).map((name) => name?.replace(/^<stage>-(<target>-)?/, ''));
  expect(keys.sort()).toEqual(Object.keys(ALARM_KEYS).sort());
});

it('docs/tenants.md explains every metric of pools', () => {
  const tenants = readFileSync('docs/tenants.md', 'utf8').split('## Metrics')[1] ?? '';
  expect(named(tenants).sort()).toEqual([...POOL_COUNTS, ...POOL_DURATIONS].sort());
  const count = POOL_COUNTS.length + POOL_DURATIONS.length;
  expect(tenants).toContain(`${count} metrics above cost ${count} × (1 + tenants)`);
});
