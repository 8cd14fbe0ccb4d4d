/** Waits for a statement's end, looks at it, and what decides whether to look again. */
const POLL = /^(WaitFor(SessionQuery|Termination|OutcomeQuery)|Describe.*|Is.*Finished|BackOff.*)$/;

/**
 * Whether a state of a run is part of a poll. A run enters as many of them as its statements take looks, which is the
 * server's affair; what it enters besides is its own.
 */
export function isPollState(name: string): boolean {
  return POLL.test(name);
}
