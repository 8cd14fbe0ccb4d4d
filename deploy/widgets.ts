import { REGION } from './cloudformation.ts';
import type { Metric } from './metric.ts';

/** What a widget of a dashboard shows (CloudWatch API reference, "Dashboard Body Structure and Syntax"). */
export interface Widget {
  readonly type: 'alarm' | 'log' | 'metric' | 'text';
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A line of a graph: a metric, or an expression over metrics of the same graph. */
export type Line =
  | { readonly metric: Metric; readonly label?: string; readonly id?: string; readonly visible?: false }
  | { readonly expression: string; readonly label?: string; readonly id?: string; readonly axis?: 'right' };

/** A graph over time. @param period seconds */
export function graph(
  title: string,
  lines: readonly Line[],
  options: { readonly stacked?: true; readonly period?: number; readonly floor?: readonly Floor[] } = {},
): Widget {
  const { stacked = false, period = 300, floor = [] } = options;
  return {
    type: 'metric',
    properties: {
      title,
      region: REGION,
      view: 'timeSeries',
      stacked,
      period,
      metrics: lines.map(toEntry),
      yAxis: { left: { min: 0 } },
      ...(floor.length === 0
        ? {}
        : { annotations: { horizontal: floor.map(({ label, value }) => ({ label, value })) } }),
    },
  };
}

/** A line that figures should not fall below. */
export interface Floor {
  readonly label: string;
  readonly value: number;
}

/** What a query of Logs Insights finds, as a table. */
export function table(title: string, logGroups: readonly string[], query: readonly string[]): Widget {
  const sources = logGroups.map((group) => `SOURCE '${group}'`);
  return {
    type: 'log',
    properties: { title, region: REGION, view: 'table', query: [...sources, ...query].join(' | ') },
  };
}

function toEntry(line: Line): unknown[] {
  if ('expression' in line) {
    const { expression, label, id, axis } = line;
    return [{ expression, ...defined({ label, id, yAxis: axis }) }];
  }
  const { metric, label, id, visible } = line;
  const dimensions = Object.entries(metric.dimensions).flat();
  return [metric.namespace, metric.name, ...dimensions, { stat: metric.stat, ...defined({ label, id, visible }) }];
}

const defined = (members: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** Rows of widgets, each row of the same height and as wide as the page (24 columns). */
export function page(rows: readonly { readonly height: number; readonly widgets: readonly Widget[] }[]) {
  let y = 0;
  const widgets: unknown[] = [];
  for (const { height, widgets: row } of rows.filter(({ widgets: some }) => some.length > 0)) {
    const width = Math.floor(24 / row.length);
    widgets.push(...row.map((widget, index) => ({ x: index * width, y, width, height, ...widget })));
    y += height;
  }
  return { widgets };
}
