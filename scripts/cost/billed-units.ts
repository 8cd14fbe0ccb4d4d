import type { MeasuredRun } from './measured-runs.ts';
import type { Item } from './price-list.ts';

/** Most functions have half a gigabyte, planActions and recordOutcomes one; this is for all. */
const MEMORY_GB = 1;
/** Items of up to 2 KB, and an index entry beside: DynamoDB counts writes by the kilobyte and index. */
const WRITE_UNITS = 3;

/** The items of the price list that a run costs by itself. */
export type RunItem = Extract<
  Item,
  'transitions' | 'lambdaRequests' | 'lambdaSeconds' | 'writes' | 'reads' | 'messages' | 'events'
>;

/** What of a run its counted calls do not tell. */
export interface RunSize {
  /** How many items its reads by the batch got: a batch is one call, and each item of it is read. */
  readonly itemsRead: number;
  /** For how long its functions run, all together. */
  readonly lambdaSeconds: number;
}

/** What a run is billed for, in the units of the price list. */
export function billedUnits(
  run: MeasuredRun,
  { itemsRead, lambdaSeconds }: RunSize,
): Readonly<Record<RunItem, number>> {
  return {
    transitions: run.transitions,
    lambdaRequests: run.lambda,
    lambdaSeconds: lambdaSeconds * MEMORY_GB,
    writes: run.writes * WRITE_UNITS,
    reads: run.reads + itemsRead,
    messages: run.messages,
    events: run.events,
  };
}
