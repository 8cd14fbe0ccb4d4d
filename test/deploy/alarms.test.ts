import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ALARM_KEYS } from '../../deploy/alarm.ts';
import { alarmPeriod } from '../../deploy/alarm-periods.ts';
import { fromConfig } from '../../deploy/from-config.ts';
import { scheduleInterval } from '../../deploy/schedule-interval.ts';
import { METRIC_NAMESPACE, POOL_COUNTS, POOL_DURATIONS, RUN_METRICS } from '../../src/messaging/metric-names.ts';
import { createPowertoolsPoolMetrics } from '../../src/messaging/powertools-pool-metrics.ts';
import { createPowertoolsRunMetrics } from '../../src/messaging/powertools-run-metrics.ts';
import { runFigures } from '../../src/reaper/run-figures.ts';
import { runningRun, warningPlan } from '../support/example-records.ts';
import { exampleTarget } from '../support/example-target.ts';
import { ONE_CLUSTER, propertiesOf, THREE_ENGINES } from './stack-of.ts';

const whole = fromConfig(THREE_ENGINES, 'dev');
const ofType = (type: string) => Object.entries(whole.resources.Resources).filter(([, { Type }]) => Type === type);

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What the adapters write to CloudWatch: `<name> <dimensions>`, every one that there is. */
function written(): Set<string> {
  const lines: string[] = [];
  // As in a deployed function, whose environment may name a service; it must not become a dimension.
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'slotkeeper');
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  const figures = Object.fromEntries(RUN_METRICS.map((name) => [name, 1]));
  createPowertoolsRunMetrics({ namespace: METRIC_NAMESPACE }).record('analytics', figures, 'CapExceeded');
  const pool = createPowertoolsPoolMetrics({ namespace: METRIC_NAMESPACE, target: 'analytics', tenantDimension: true });
  for (const name of POOL_COUNTS) {
    pool.count(name, 'acme');
  }
  for (const name of POOL_DURATIONS) {
    pool.duration(name, 'acme', 1);
  }
  pool.flush();
  vi.restoreAllMocks();
  const series = lines.flatMap((line) => {
    const [directive] = JSON.parse(line)._aws.CloudWatchMetrics as [
      { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] },
    ];
    return directive.Metrics.flatMap(({ Name }) =>
      directive.Dimensions.map((dimensions) => `${directive.Namespace} ${Name} ${dimensions.sort().join(',')}`),
    );
  });
  return new Set(series);
}

/** What an alarm watches. */
function watchedBy(alarm: Readonly<Record<string, unknown>>) {
  const metric = (value: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: unknown }[] }) =>
    `${value.Namespace} ${value.MetricName} ${value.Dimensions.map(({ Name }) => Name)
      .sort()
      .join(',')}`;
  const many = alarm['Metrics'] as { MetricStat?: { Metric: Parameters<typeof metric>[0] } }[] | undefined;
  return many === undefined
    ? [metric(alarm as Parameters<typeof metric>[0])]
    : many.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [metric(MetricStat.Metric)]));
}

describe('the metrics', () => {
  it('are those that code emits: every one of the list, and no other', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join('src', file), 'utf8'));
    const counted = sources.flatMap((source) =>
      [
        ...source.matchAll(
          /\.(?:count|duration)\(\s*'(\w+)'|\breason === 'expired' \? '(\w+)' : '(\w+)'|reused \? '(\w+)' : '(\w+)'/g,
        ),
      ].flatMap((match) => match.slice(1).filter((name) => name !== undefined)),
    );
    expect([...new Set(counted)].sort()).toEqual([...POOL_COUNTS, ...POOL_DURATIONS].sort());
    const measured = runFigures(exampleTarget(), runningRun({ counts: warningPlan(1).counts, clientsHeld: 1 }), 0);
    const skipped = readFileSync('src/reaper/begin-run.ts', 'utf8').match(
      /metrics\.record\(target\.name, \{ (\w+): 1 \}\)/,
    );
    const calls = readFileSync('src/runtime/lambda-runtime.ts', 'utf8').match(
      /metrics\.record\(target, \{ (\w+): calls \}\)/,
    );
    expect([...Object.keys(measured), skipped?.[1], calls?.[1]].sort()).toEqual([...RUN_METRICS].sort());
  });
});

describe('the alarms', () => {
  const alarms = ofType('AWS::CloudWatch::Alarm');

  it('are for every key, under names that begin with the stage, and tell the operators', () => {
    const names = alarms.map(([, { Properties }]) => String(Properties?.['AlarmName']));
    expect(names.filter((name) => name.startsWith('slotkeeper-dev-analytics-')).sort()).toEqual(
      [
        'ends-not-taken',
        'free-slots-low',
        'hit-rate-low',
        'notice-failed',
        'pool-exhausted',
        'run-failed',
        'run-refused',
        'run-skipped',
      ].map((key) => `slotkeeper-dev-analytics-${key}`),
    );
    const keys = Object.keys(ALARM_KEYS).filter((key) => names.some((name) => name.endsWith(`-${key}`)));
    expect(keys).toEqual(Object.keys(ALARM_KEYS));
    expect(names).toContain('slotkeeper-dev-run-unfinished');
    expect(names).toContain('slotkeeper-dev-dead-letters');
    expect(new Set(names).size).toBe(names.length);
    for (const [, { Properties }] of alarms) {
      expect(Properties?.['AlarmActions']).toEqual([{ Ref: 'OperatorsTopic' }]);
    }
  });

  it('watch only what is written, with exactly its dimensions', () => {
    const series = written();
    const own = alarms
      .flatMap(([, { Properties }]) => watchedBy(Properties ?? {}))
      .filter((metric) => metric.startsWith(`${METRIC_NAMESPACE} `));
    expect(new Set(own).size).toBe(10);
    expect(own.filter((metric) => !series.has(metric))).toEqual([]);
  });

  it('go off when two runs in a row leave too few slots free, and stay as the last run left them', () => {
    expect(propertiesOf(whole, 'AnalyticsFreeSlotsLowAlarm')).toMatchObject({
      Namespace: 'Slotkeeper',
      MetricName: 'FreeSlots',
      Dimensions: [{ Name: 'target', Value: 'analytics' }],
      Statistic: 'Minimum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 50,
      Period: 600,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
      TreatMissingData: 'ignore',
    });
    // Nothing is to be kept free there.
    expect(Object.keys(whole.resources.Resources)).not.toContain('ReportsFreeSlotsLowAlarm');
  });

  it('go off when two runs were skipped, in periods of the schedule', () => {
    const skipped = (id: string) => propertiesOf(whole, id);
    expect(skipped('AnalyticsRunSkippedAlarm')).toMatchObject({
      MetricName: 'RunSkipped',
      Statistic: 'Sum',
      Period: 600,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
    });
    expect(skipped('ReportsRunSkippedAlarm')).toMatchObject({ Period: 86_400, EvaluationPeriods: 3 });
    expect(skipped('OrdersDasheuRunSkippedAlarm')).toMatchObject({ Period: 300 });
    // A target that is run by hand.
    expect(Object.keys(fromConfig(ONE_CLUSTER, 'dev').resources.Resources)).not.toContain('ByDashhandRunSkippedAlarm');
  });

  it('add up ends that did not take, and divide hits by statements where there were enough', () => {
    const expression = (id: string) =>
      (propertiesOf(whole, id)['Metrics'] as { Expression?: string }[]).find(({ Expression }) => Expression)
        ?.Expression;
    expect(expression('AnalyticsEndsNotTakenAlarm')).toBe('m1 + m2');
    expect(expression('AnalyticsHitRateLowAlarm')).toBe(
      'IF(FILL(hits, 0) + FILL(misses, 0) >= 20, 100 * FILL(hits, 0) / (FILL(hits, 0) + FILL(misses, 0)), 100)',
    );
    expect(expression('RunUnfinishedAlarm')).toBe('FILL(m1, 0) + FILL(m2, 0) + FILL(failRun, 0)');
  });

  it.each([
    ['rate(1 minute)', 60],
    ['rate(10 minutes)', 600],
    ['cron(0/10 8-18 ? * MON-FRI *)', 600],
    ['cron(0 * * * ? *)', 3_600],
    ['cron(30 6 * * ? *)', 86_400],
    ['rate(2 days)', 172_800],
  ])('take %s for an interval of %i s', (schedule, interval) => {
    expect(scheduleInterval(schedule)).toBe(interval);
  });

  it('look back a week at most, as CloudWatch does', () => {
    expect(alarmPeriod(600, 3)).toBe(600);
    expect(alarmPeriod(90, 2)).toBe(120);
    expect(alarmPeriod(7 * 86_400, 3)).toBe(201_600);
    for (const [id, { Properties }] of alarms) {
      const { Period = 300, EvaluationPeriods } = Properties as { Period?: number; EvaluationPeriods: number };
      expect(Period * EvaluationPeriods, id).toBeLessThanOrEqual(Period < 3_600 ? 86_400 : 604_800);
    }
  });
});

describe('the dashboard', () => {
  const { DashboardBody, DashboardName } = propertiesOf(whole, 'Dashboard');
  const body = JSON.parse((DashboardBody as { 'Fn::Sub': string })['Fn::Sub']) as {
    widgets: {
      x: number;
      y: number;
      width: number;
      height: number;
      type: string;
      properties: Record<string, unknown>;
    }[];
  };
  const titles = body.widgets.map(({ properties }) => String(properties['title']));

  it('shows slots, verdicts, outcomes, pools, own use and own cost', () => {
    expect(DashboardName).toBe('slotkeeper-dev');
    expect(titles).toEqual([
      'Alarms',
      'Free slots, as each run left them',
      'Sessions seen',
      'Verdicts',
      'Outcomes and notices',
      'Runs that did not do their work',
      'Hit rate of the pools',
      'Hit rate by tenant',
      'Sessions opened by tenant',
      'Wait for a session, ms',
      'Sessions of the pools',
      'Statements of tenants, ms',
      'Own use per hour',
      'Own cost per hour, dollars of us-east-1, without free tiers',
      'Time of a run, s',
    ]);
    const small = fromConfig(ONE_CLUSTER, 'dev');
    expect(JSON.stringify(propertiesOf(small, 'Dashboard'))).not.toContain('tenant');
  });

  it('draws only what is written, with exactly its dimensions', () => {
    const series = written();
    const drawn = body.widgets.flatMap(({ properties }) => (properties['metrics'] ?? []) as unknown[][]);
    const own = drawn.filter(([namespace]) => namespace === METRIC_NAMESPACE);
    expect(own.length).toBeGreaterThan(30);
    const names = own.map(([namespace, name, ...rest]) => {
      const dimensions = rest.filter((value) => typeof value === 'string').filter((_, index) => index % 2 === 0);
      return `${namespace} ${name} ${dimensions.sort().join(',')}`;
    });
    expect(names.filter((name) => !series.has(name))).toEqual([]);
    const searched = [...JSON.stringify(body).matchAll(/SEARCH\('\{Slotkeeper,([\w,]+)\} MetricName=\\"(\w+)\\"/g)];
    expect(
      searched.map(([, dimensions, name]) => `Slotkeeper ${name} ${dimensions?.split(',').sort().join(',')}`),
    ).toEqual(['Slotkeeper RunRefused refusal,target', 'Slotkeeper SessionMiss target,tenant']);
    expect(series).toContain('Slotkeeper RunRefused refusal,target');
    expect(series).toContain('Slotkeeper SessionMiss target,tenant');
  });

  it('names every alarm, and nothing that the stack does not have', () => {
    const [first] = body.widgets;
    const alarms = ofType('AWS::CloudWatch::Alarm').map(([id]) => `\${${id}.Arn}`);
    expect(first?.properties['alarms']).toEqual(alarms);
    const named = [...JSON.stringify(body).matchAll(/\$\{(\w+)(?:\.Arn)?\}/g)].map(([, id]) => id ?? '');
    const known = new Set([...Object.keys(whole.resources.Resources), 'ReapRedshiftSessions', 'ReapPostgresSessions']);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });

  it('fits the page, and no two ids of a graph are the same', () => {
    for (const { x, width, properties } of body.widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      const ids = ((properties['metrics'] ?? []) as unknown[][])
        .map((entry) => (entry.at(-1) as { id?: string }).id)
        .filter((id) => id !== undefined);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});
