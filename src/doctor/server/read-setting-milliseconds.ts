const MILLISECONDS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A timeout as `SHOW` writes it (`0`, `30000`, `30s`, `5min`), in milliseconds (PostgreSQL manual, "Setting
 * Parameters": units of time).
 *
 * @returns null when the text is no such time
 */
export function readSettingMilliseconds(text: string): number | null {
  const [, count, unit = ''] = /^(\d+)\s*(ms|s|min|h|d)?$/.exec(text.trim()) ?? [];
  const size = MILLISECONDS[unit];
  return count === undefined || size === undefined ? null : Number(count) * size;
}
