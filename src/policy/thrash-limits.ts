/** When ending a client's sessions is given up, because it opens new ones at once. Times are whole seconds. */
export interface ThrashLimits {
  /** So many ends after which the client was back are too many. */
  readonly reconnects: number;
  /** A new session within this time after the end of another one is a return. */
  readonly within: number;
  /** Ends this far back count. */
  readonly window: number;
  /** How long nobody ends a session of the client. */
  readonly holdFor: number;
}

/**
 * A pool fills up within seconds (HikariCP's housekeeper at once, brettwooldridge/HikariCP#379); a person takes longer.
 * The numbers are ours, not measured.
 */
export const DEFAULT_THRASH: ThrashLimits = { reconnects: 3, within: 10, window: 3_600, holdFor: 86_400 };
