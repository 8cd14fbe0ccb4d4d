/** How a duration is written. */
export const DURATION_PATTERN = /^(?=.)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?$/;

const UNIT_SECONDS = [86_400, 3_600, 60, 1];

/**
 * Whole seconds of a duration such as `90s`, `15m`, `1h30m`, `2d` or `0s`: units d, h, m, s, each at most once, largest
 * first.
 *
 * @returns null when the text is no duration
 */
export function parseDuration(text: string): number | null {
  const parts = DURATION_PATTERN.exec(text);
  if (parts === null) {
    return null;
  }
  return UNIT_SECONDS.reduce((sum, size, index) => sum + Number(parts[index + 1] ?? 0) * size, 0);
}
