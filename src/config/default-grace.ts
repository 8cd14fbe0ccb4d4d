/** Grace of a rule that names none. */
export const DEFAULT_GRACE_SECONDS = 15 * 60;
