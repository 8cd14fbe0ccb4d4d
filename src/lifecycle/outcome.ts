/**
 * What a later look showed of a backend that was to be ended. `pg_terminate_backend` only signals, so none of these is
 * read from its result.
 *
 * - `gone`: signalled, and no longer there.
 * - `already-gone`: no longer there when the guarded statement ran.
 * - `busy-again`: it runs a statement or was used since; it was left alone.
 * - `denied`: the server refused the signal.
 * - `still-there`: idle, and not gone within the bound. If it was signalled and a later run finds it gone, it is `gone`.
 */
export type Outcome = 'gone' | 'already-gone' | 'busy-again' | 'denied' | 'still-there';

/** All outcomes, in the order reports list them. */
export const OUTCOMES: readonly Outcome[] = ['gone', 'already-gone', 'busy-again', 'denied', 'still-there'];
