import { billedUnits, type RunItem } from './billed-units.ts';
import type { MeasuredRun, MeasuredRuns } from './measured-runs.ts';
import { type Item, PRICE_LIST } from './price-list.ts';

/** What there is to pay for besides runs, counted in the stack. */
export interface FixedParts {
  readonly metrics: number;
  readonly alarms: number;
  readonly dashboards: number;
  readonly keys: number;
  readonly secrets: number;
}

export interface Use {
  readonly targets: number;
  /** Seconds between two starts. */
  readonly interval: number;
  /** Runs of a day and target that warn; as many others end what was warned. */
  readonly actingPerDay: number;
  /** How long a function takes, milliseconds: an assumption, since a laptop cannot tell. */
  readonly lambdaMs: number;
}

export interface CostLine {
  readonly item: Item;
  readonly quantity: number;
  readonly dollars: number;
}

const DAYS = 30;
const DAY = 86_400;
/** What a stage costs in 30 days, item by item, without free tiers and without what the warehouse costs by being asked. */
export function costOf(measured: MeasuredRuns, fixed: FixedParts, use: Use): readonly CostLine[] {
  const runs = (DAYS * DAY) / use.interval;
  const acting = DAYS * use.actingPerDay;
  const unitsOf = (run: MeasuredRun) =>
    billedUnits(run, { itemsRead: measured.sessions, lambdaSeconds: (run.lambda * use.lambdaMs) / 1000 });
  const quiet = unitsOf(measured.quiet);
  const warning = unitsOf(measured.warning);
  const ending = unitsOf(measured.ending);
  const sum = (item: RunItem) =>
    use.targets * (Math.max(0, runs - 2 * acting) * quiet[item] + acting * (warning[item] + ending[item]));
  const quantities: Record<Item, number> = {
    transitions: sum('transitions'),
    lambdaRequests: sum('lambdaRequests'),
    lambdaSeconds: sum('lambdaSeconds'),
    writes: sum('writes'),
    reads: sum('reads'),
    messages: sum('messages'),
    events: sum('events'),
    ...fixed,
  };
  return (Object.keys(PRICE_LIST) as Item[]).map((item) => ({
    item,
    quantity: Math.round(quantities[item]),
    dollars: quantities[item] * PRICE_LIST[item].dollars,
  }));
}
