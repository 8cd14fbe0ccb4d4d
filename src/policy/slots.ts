/** The connection slots of a target. */
export interface Slots {
  /** All that the server has for clients, those reserved for superusers included. */
  readonly limit: number;
  /** Those of the limit that the server leaves to superusers only. */
  readonly reserved: number;
  /** How many are to stay free for everyone else. */
  readonly keepFree: number;
}

/** The slots that ordinary users can get: what a bound on their number must be measured by. */
export function unreserved({ limit, reserved, keepFree }: Slots): { limit: number; keepFree: number } {
  return { limit: limit - reserved, keepFree };
}
