import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromConfig } from '../../deploy/from-config.ts';
import { RUN_METRICS } from '../../src/messaging/metric-names.ts';
import type { FixedParts } from './cost-of.ts';

/** Counts what a stack for so many clusters without a pool has that costs by the month. @param minutes of the schedule */
export function countStack(targets: number, minutes: number): FixedParts {
  const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-cost-'));
  try {
    const path = join(folder, 'slotkeeper.yml');
    writeFileSync(path, fileWith(targets, minutes));
    const resources = Object.values(fromConfig(path, 'dev').resources.Resources);
    const count = (type: string) => resources.filter(({ Type }) => Type === type).length;
    return {
      metrics: targets * RUN_METRICS.length,
      alarms: resources
        .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
        .reduce((sum, { Properties }) => sum + metricsOf(Properties?.['Metrics']), 0),
      dashboards: count('AWS::CloudWatch::Dashboard'),
      keys: count('AWS::KMS::Key'),
      secrets: count('AWS::SecretsManager::Secret'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An alarm on an expression is billed by the metrics in it. */
function metricsOf(metrics: unknown): number {
  return Array.isArray(metrics) ? metrics.filter((one) => 'MetricStat' in one).length : 1;
}

function fileWith(targets: number, minutes: number): string {
  const rate = minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`;
  const one = (index: number) =>
    `  target-${index}: { engine: redshift, cluster: cluster-${index}, database: dev, schedule: ${rate}, slots: { limit: 500, keepFree: 50 }, policy: default }`;
  return [
    'targets:',
    ...Array.from({ length: targets }, (_, index) => one(index + 1)),
    'policies: { default: [{ name: everyone, warnAfter: 30m, terminateAfter: 1h }] }',
    'notices: { defaultOwner: team@example.com }',
    '',
  ].join('\n');
}
