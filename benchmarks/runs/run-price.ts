import { billedUnits, type RunItem, type RunSize } from '../../scripts/cost/billed-units.ts';
import type { MeasuredRun } from '../../scripts/cost/measured-runs.ts';
import { PRICE_LIST } from '../../scripts/cost/price-list.ts';

/** What a run costs by the published prices, dollars, item by item. */
export function runPrice(run: MeasuredRun, size: RunSize): Readonly<Record<RunItem, number>> {
  const units = billedUnits(run, size);
  return {
    transitions: units.transitions * PRICE_LIST.transitions.dollars,
    lambdaRequests: units.lambdaRequests * PRICE_LIST.lambdaRequests.dollars,
    lambdaSeconds: units.lambdaSeconds * PRICE_LIST.lambdaSeconds.dollars,
    writes: units.writes * PRICE_LIST.writes.dollars,
    reads: units.reads * PRICE_LIST.reads.dollars,
    messages: units.messages * PRICE_LIST.messages.dollars,
    events: units.events * PRICE_LIST.events.dollars,
  };
}
