/** Milliseconds of PostgreSQL's units of time (manual, "Parameter Names and Values"). */
const UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Whole seconds of a timeout as PostgreSQL writes it: `5min`, `30s`, `0`, `1500` (milliseconds where no unit is given).
 * 0: none. What is less than a second is told as one, since it is no "none".
 */
export function readPostgresTimeout(text: string | null): number {
  const parts = /^\s*'?(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?'?\s*$/.exec(text ?? '0');
  if (parts === null) {
    return 0;
  }
  const milliseconds = Number(parts[1]) * (UNITS[parts[2] ?? 'ms'] ?? 1);
  return milliseconds === 0 ? 0 : Math.max(1, Math.floor(milliseconds / 1000));
}
