import { METRIC_NAMESPACE, POOL_COUNTS, POOL_DURATIONS, RUN_METRICS } from '../../src/messaging/metric-names.ts';
import { textOf } from './grants.ts';
import { propertiesOf, resourcesOf, type Template } from './template.ts';

/** A series that an alarm watches or a dashboard draws. */
interface Series {
  readonly by: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface AlarmMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** Metrics that services write, with their one dimension (the page "CloudWatch metrics" of each service's guide). */
const OF_SERVICES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'AWS/Lambda': { FunctionName: ['Duration', 'Errors', 'Invocations', 'Throttles'] },
  'AWS/States': {
    StateMachineArn: [
      'ExecutionTime',
      'ExecutionsFailed',
      'ExecutionsStarted',
      'ExecutionsSucceeded',
      'ExecutionsTimedOut',
    ],
    // Of the whole account and region.
    ServiceMetric: ['ConsumedCapacity'],
  },
  'AWS/SQS': { QueueName: ['ApproximateNumberOfMessagesVisible', 'NumberOfMessagesSent'] },
  'AWS/DynamoDB': { TableName: ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'] },
  [METRIC_NAMESPACE]: { target: [...RUN_METRICS, ...POOL_COUNTS, ...POOL_DURATIONS] },
};

/**
 * Series that nobody writes: of Slotkeeper's own those that its code does not emit with exactly these dimensions for a target
 * that there is, of a service's those of nothing in this stack.
 *
 * @param targets names of slotkeeper.yml's
 */
export function metricProblems(template: Template, targets: readonly string[]): string[] {
  const values = new Map<string, readonly string[]>([
    [
      'FunctionName',
      resourcesOf(template, 'AWS::Lambda::Function').map(([, { FunctionName }]) => String(FunctionName)),
    ],
    ['StateMachineArn', resourcesOf(template, 'AWS::StepFunctions::StateMachine').map(([id]) => id)],
    ['QueueName', resourcesOf(template, 'AWS::SQS::Queue').map(([id]) => `${id}.QueueName`)],
    [
      'TableName',
      resourcesOf(template, 'AWS::DynamoDB::Table').flatMap(([id, { TableName }]) => [id, String(TableName)]),
    ],
    ['ServiceMetric', ['StateTransition']],
    ['target', targets],
  ]);
  return [...alarmed(template), ...drawn(template)]
    .filter(({ namespace, name, dimensions }) => {
      const [[dimension, value] = ['', ''], ...more] = Object.entries(dimensions);
      const names = OF_SERVICES[namespace]?.[dimension] ?? [];
      return more.length > 0 || !names.includes(name) || values.get(dimension)?.includes(value) !== true;
    })
    .map(
      ({ by, namespace, name, dimensions }) =>
        `${by}: nobody writes ${namespace} ${name} ${JSON.stringify(dimensions)}`,
    );
}

function alarmed(template: Template): Series[] {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(([by, alarm]) => {
    const many = alarm['Metrics'] as readonly { MetricStat?: { Metric: AlarmMetric } }[] | undefined;
    const metrics = many?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [alarm as unknown as AlarmMetric];
    return metrics.map(({ Namespace, MetricName, Dimensions }) => ({
      by,
      namespace: Namespace,
      name: MetricName,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, textOf(Value)])),
    }));
  });
}

/** Of dashboards; a search or an expression has no series of its own, which are texts all but the last: its options. */
function drawn(template: Template): Series[] {
  return resourcesOf(template, 'AWS::CloudWatch::Dashboard').flatMap(([by]) => {
    const { widgets } = JSON.parse(textOf(propertiesOf(template, by)['DashboardBody'])) as {
      widgets: readonly { properties: { metrics?: readonly (readonly unknown[])[] } }[];
    };
    return widgets
      .flatMap(({ properties }) => properties.metrics ?? [])
      .map((metric) => metric.filter((part) => typeof part === 'string'))
      .filter((texts) => texts.length > 0)
      .map(([namespace = '', name = '', ...rest]) => ({
        by,
        namespace,
        name,
        dimensions: Object.fromEntries(
          rest.flatMap((dimension, index) =>
            index % 2 === 0 ? [[dimension, (rest[index + 1] ?? '').replace(/^\$\{(.*)\}$/, '$1')]] : [],
          ),
        ),
      }));
  });
}
