/** What no document tells and no machine here can measure, in milliseconds. The tables' notes name them. */
export const ASSUMED = {
  /** A table call, there and back. */
  table: 5,
  /** A Data API call, there and back. */
  dataApi: 20,
  /** A new session of the Data API, before its first statement runs. */
  connectLeast: 200,
  connectMost: 500,
  /** From a state machine or a caller to a warm function. */
  invoke: 20,
  coldStart: 500,
  /** A tenant's statement. */
  statementLeast: 50,
  statementMost: 450,
} as const;

/** Sessions of a target that people have, as in scripts/cost/measured.json. */
export const SESSIONS = 20;
