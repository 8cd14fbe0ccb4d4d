/** Three significant digits, as much as such a figure can be trusted: `12.3`, `4,570`. */
export function formatFigure(value: number): string {
  return value === 0
    ? '0'
    : value.toLocaleString('en-US', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
}

/** @param ms milliseconds; from ten seconds on it is told in seconds */
export function formatTime(ms: number): string {
  return ms < 10_000 ? `${formatFigure(ms)} ms` : `${formatFigure(ms / 1000)} s`;
}

/** How many times as much, such as `1.04 ×`. */
export function formatRatio(value: number, of: number): string {
  return of === 0 ? '-' : `${(value / of).toFixed(2)} ×`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** @param bytes in KiB from one KiB on */
export function formatBytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${formatFigure(bytes / 1024)} KiB`;
}
