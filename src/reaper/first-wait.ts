import type { SlotkeeperConfig } from '../config/slotkeeper-config.ts';

/** Seconds to wait before the first look at a statement. */
export function firstWait(config: SlotkeeperConfig): number {
  return config.runs.pollWaits[0] ?? 0;
}
