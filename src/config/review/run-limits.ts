/** `TimeoutSeconds` of the state machine: an execution takes no longer. A test compares the two. */
export const RUN_TIMEOUT_SECONDS = 900;

/** Statements that a run with something to end waits for, one after the other: session query, termination, look. */
export const STATEMENTS_OF_A_RUN = 3;
