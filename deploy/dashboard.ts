import { METRIC_NAMESPACE, type MetricName } from '../src/messaging/metric-names.ts';
import { type Resources, sub } from './cloudformation.ts';
import { costGraphs } from './cost-graphs.ts';
import { type Metric, ownMetric } from './metric.ts';
import type { StackParts } from './stack-parts.ts';
import type { MachineId } from './state-machines.ts';
import { graph, type Line, page, table, type Widget } from './widgets.ts';

/**
 * The dashboard of a stage: slots, verdicts, outcomes and refusals of every target, its pools, and what Slotkeeper itself
 * uses.
 *
 * @param alarmIds logical ids of the alarms, whose states stand above everything
 */
export function dashboard(parts: StackParts, machines: readonly MachineId[], alarmIds: readonly string[]): Resources {
  const { names, targets, pooled } = parts;
  const lines = (metrics: readonly MetricName[], stat: Metric['stat']): Line[] =>
    targets.flatMap(({ name }) =>
      metrics.map((metric) => ({ metric: ownMetric(metric, name, stat), label: `${name} ${metric}` })),
    );
  const slots = graph('Free slots, as each run left them', lines(['FreeSlots'], 'Minimum'), {
    floor: targets
      .filter(({ slots }) => slots.keepFree > 0)
      .map(({ name, slots }) => ({ label: `${name} keepFree`, value: slots.keepFree })),
  });
  const body = page([
    {
      height: 3,
      widgets: [{ type: 'alarm', properties: { title: 'Alarms', alarms: alarmIds.map((id) => `\${${id}.Arn}`) } }],
    },
    { height: 7, widgets: [slots, graph('Sessions seen', lines(['BackendsSeen'], 'Maximum'))] },
    {
      height: 6,
      widgets: [
        graph(
          'Verdicts',
          lines(['BackendsWarned', 'BackendsEnded', 'BackendsRecovered', 'BackendsSnoozed', 'ClientsThrashing'], 'Sum'),
        ),
        graph(
          'Outcomes and notices',
          lines(['BackendsDenied', 'BackendsStillThere', 'NoticesFailed', 'EventsFailed'], 'Sum'),
        ),
        graph('Runs that did not do their work', [
          ...lines(['RunFailed', 'RunSkipped'], 'Sum'),
          { expression: search(['target', 'refusal'], 'RunRefused'), label: 'RunRefused' },
        ]),
      ],
    },
    { height: 6, widgets: pooled.length === 0 ? [] : poolGraphs(parts) },
    { height: 6, widgets: costGraphs(parts, machines) },
  ]);
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: { DashboardName: names.prefix, DashboardBody: sub(JSON.stringify(body)) },
    },
  };
}

/** All series of a metric with these dimensions, whatever their values. */
const search = (dimensions: readonly string[], metric: MetricName): string =>
  `SEARCH('{${METRIC_NAMESPACE},${dimensions.join(',')}} MetricName="${metric}"', 'Sum')`;

function poolGraphs({ names, pooled }: StackParts): Widget[] {
  const each = (metric: MetricName, stat: Metric['stat']): Line[] =>
    pooled.map(({ name }) => ({ metric: ownMetric(metric, name, stat), label: `${name} ${metric} ${stat}` }));
  const rates = pooled.flatMap(({ name }, index): Line[] => [
    { metric: ownMetric('SessionHit', name, 'Sum'), id: `h${index}`, visible: false },
    { metric: ownMetric('SessionMiss', name, 'Sum'), id: `m${index}`, visible: false },
    {
      expression: `100 * FILL(h${index}, 0) / (FILL(h${index}, 0) + FILL(m${index}, 0))`,
      label: `${name} hit rate, %`,
    },
  ]);
  const byTenant = pooled.some(({ pool }) => pool.metrics.tenantDimension)
    ? [graph('Sessions opened by tenant', [{ expression: search(['target', 'tenant'], 'SessionMiss'), label: '' }])]
    : [];
  return [
    graph('Hit rate of the pools', rates),
    // A rate of two series that a search finds is beyond metric math; the lines of the log have both, and the tenant.
    table(
      'Hit rate by tenant',
      [`/aws/lambda/${names.functionName('runQuery')}`],
      [
        'filter ispresent(SessionHit) or ispresent(SessionMiss)',
        'stats sum(coalesce(SessionHit, 0)) as hits, sum(coalesce(SessionMiss, 0)) as misses by target, tenant',
        'display target, tenant, 100 * hits / (hits + misses) as hitRate, hits, misses',
        'sort hitRate asc',
      ],
    ),
    ...byTenant,
    graph('Wait for a session, ms', [...each('PoolWait', 'Average'), ...each('PoolWait', 'Maximum')]),
    graph('Sessions of the pools', [
      ...each('SessionCreated', 'Sum'),
      ...each('SessionExpired', 'Sum'),
      ...each('SessionInvalid', 'Sum'),
      ...each('LeaseConflict', 'Sum'),
      ...each('PoolExhausted', 'Sum'),
    ]),
    graph('Statements of tenants, ms', [...each('StatementTime', 'Average'), ...each('StatementTime', 'Maximum')]),
  ];
}
