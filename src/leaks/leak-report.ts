import type { Advice } from './advise.ts';
import type { ClientGroup } from './client-group.ts';
import type { Window } from './look.ts';
import type { Trend } from './tell-trend.ts';

/** Sessions of the window by how they began and ended: sessions = openBefore + opened = closed + open. */
export interface SessionCounts {
  readonly sessions: number;
  /** Begun before the window. */
  readonly openBefore: number;
  readonly opened: number;
  readonly closed: number;
  readonly open: number;
  /** The most at one moment. */
  readonly peak: number;
  /** For how long looks and warnings knew them, all together. */
  readonly observedSeconds: number;
  /** Of that, certainly idle: slots × seconds wasted, at least. */
  readonly wastedSeconds: number;
  /** Ended by Slotkeeper and seen to be gone. */
  readonly killed: number;
  /** Of those, whose client was back within a minute. */
  readonly reconnected: number;
}

/** What one client did with the slots. */
export interface Leak extends SessionCounts {
  readonly group: ClientGroup;
  /** wastedSeconds / observedSeconds; null: nothing saw one of its sessions. */
  readonly idleShare: number | null;
  readonly trend: Trend;
  /** What its program probably is; null: not known. */
  readonly client: string | null;
  readonly advice: readonly Advice[];
}

/** Who leaks, the worst first. */
export interface LeakReport {
  readonly window: Window;
  readonly looks: number;
  readonly total: SessionCounts;
  readonly leaks: readonly Leak[];
}
