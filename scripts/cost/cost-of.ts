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
/** Most functions have half a gigabyte, planActions and recordOutcomes one; this is for all. */
const MEMORY_GB = 1;
/** Items of up to 2 KB, and an index entry beside: DynamoDB counts writes by the kilobyte and index. */
const WRITE_UNITS = 3;

/** What a stage costs in 30 days, item by item, without free tiers and without what the warehouse costs by being asked. */
export function costOf(measured: MeasuredRuns, fixed: FixedParts, use: Use): readonly CostLine[] {
  const runs = (DAYS * DAY) / use.interval;
  const acting = DAYS * use.actingPerDay;
  const sum = (of: (run: MeasuredRun) => number) =>
    use.targets *
    (Math.max(0, runs - 2 * acting) * of(measured.quiet) + acting * (of(measured.warning) + of(measured.ending)));
  const quantities: Record<Item, number> = {
    transitions: sum(({ transitions }) => transitions),
    lambdaRequests: sum(({ lambda }) => lambda),
    lambdaSeconds: sum(({ lambda }) => (lambda * use.lambdaMs * MEMORY_GB) / 1000),
    writes: sum(({ writes }) => writes * WRITE_UNITS),
    // A batch is one call, and each item of it is read.
    reads: sum(({ reads }) => reads + measured.sessions),
    messages: sum(({ messages }) => messages),
    events: sum(({ events }) => events),
    ...fixed,
  };
  return (Object.keys(PRICE_LIST) as Item[]).map((item) => ({
    item,
    quantity: Math.round(quantities[item]),
    dollars: quantities[item] * PRICE_LIST[item].dollars,
  }));
}
