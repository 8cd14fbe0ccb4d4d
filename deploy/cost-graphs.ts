import { functions } from './functions.ts';
import { type Metric, ownMetric } from './metric.ts';
import { PRICES } from './prices.ts';
import type { StackParts } from './stack-parts.ts';
import type { MachineId } from './state-machines.ts';
import { graph, type Line, type Widget } from './widgets.ts';

const DEFAULT_MEMORY = 512;
const HOUR = 3_600;

/** What Slotkeeper itself uses, by the hour, and what that costs at the prices of us-east-1. */
export function costGraphs(parts: StackParts, machines: readonly MachineId[]): Widget[] {
  const { names } = parts;
  const sizes = Object.entries(functions(parts)).map(
    ([key, { memorySize }]) => ({ key, memory: memorySize ?? DEFAULT_MEMORY }) as const,
  );
  const ofFunctions = (metric: 'Duration' | 'Invocations'): Line[] =>
    sizes.map(({ key, memory }, index) => ({
      metric: metricOf('AWS/Lambda', metric, { FunctionName: names.functionName(key) }),
      // Grouped by what a second costs; METRICS() finds ids by what they contain.
      id: `${metric.toLowerCase()}${memory}x${index}`,
      visible: false,
    }));
  const memories = [...new Set(sizes.map(({ memory }) => memory))].sort((a, b) => a - b);
  const gbSeconds = memories
    .map((memory) => `FILL(SUM(METRICS("duration${memory}x")), 0) / 1000 * ${memory / 1_024}`)
    .join(' + ');
  const units = (
    name: 'ConsumedReadCapacityUnits' | 'ConsumedWriteCapacityUnits',
    id: string,
    label?: string,
  ): Line => ({
    metric: metricOf('AWS/DynamoDB', name, { TableName: names.table }),
    id,
    ...(label === undefined ? { visible: false } : { label }),
  });
  // Step Functions counts transitions, per minute, for the account and Region only (Step Functions guide, "Service metrics").
  const transitions = metricOf('AWS/States', 'ConsumedCapacity', { ServiceMetric: 'StateTransition' });
  return [
    graph(
      'Own use per hour',
      [
        ...ofFunctions('Duration'),
        { expression: gbSeconds, label: 'Lambda GB-seconds' },
        ...parts.targets
          .filter(({ engine }) => engine !== 'postgres')
          .map(({ name }) => ({ metric: ownMetric('DataApiCalls', name, 'Sum'), label: `${name} Data API calls` })),
        { metric: transitions, label: 'state transitions (whole account and Region)' },
        units('ConsumedReadCapacityUnits', 'reads', 'table read units'),
        units('ConsumedWriteCapacityUnits', 'writes', 'table write units'),
        ...machines.map((id) => ({
          metric: metricOf('AWS/States', 'ExecutionsStarted', { StateMachineArn: `\${${id}}` }),
          label: `${id} started`,
        })),
      ],
      { period: HOUR },
    ),
    graph(
      'Own cost per hour, dollars of us-east-1, without free tiers',
      [
        ...ofFunctions('Duration'),
        ...ofFunctions('Invocations'),
        { metric: transitions, id: 'transitions', visible: false },
        units('ConsumedReadCapacityUnits', 'reads'),
        units('ConsumedWriteCapacityUnits', 'writes'),
        {
          expression: `(${gbSeconds}) * ${price('lambdaGbSecond')} + FILL(SUM(METRICS("invocations")), 0) * ${price('lambdaRequest')}`,
          label: 'Lambda',
        },
        {
          expression: `FILL(transitions, 0) * ${price('stateTransition')}`,
          label: 'Step Functions (whole account and Region)',
        },
        {
          expression: `FILL(reads, 0) * ${price('dynamoReadUnit')} + FILL(writes, 0) * ${price('dynamoWriteUnit')}`,
          label: 'session table, without its indexes',
        },
      ],
      { period: HOUR, stacked: true },
    ),
    graph('Time of a run, s', [
      ...machines.flatMap((id, index): Line[] => [
        {
          metric: { ...metricOf('AWS/States', 'ExecutionTime', { StateMachineArn: `\${${id}}` }), stat: 'Maximum' },
          id: `time${index}`,
          visible: false,
        },
        { expression: `time${index} / 1000`, label: `${id}, longest` },
      ]),
    ]),
  ];
}

/** Written out: metric math knows no exponents. */
const price = (name: keyof typeof PRICES): string => PRICES[name].toFixed(12).replace(/0+$/, '');

const metricOf = (namespace: string, name: string, dimensions: Metric['dimensions']): Metric => ({
  namespace,
  name,
  dimensions,
  stat: 'Sum',
});
