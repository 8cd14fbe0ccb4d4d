import stringWidth from 'string-width';
import { printable } from './printable.ts';

/** One column of a table for people. */
export interface Column {
  readonly header: string;
  readonly align?: 'left' | 'right';
  /** How narrow it may become on a narrow terminal; absent: its values are never cut. */
  readonly min?: number;
  /** Left out when the terminal is too narrow even with every column at its least; the highest number goes first. */
  readonly leaveOut?: number;
}

export interface ColumnsLayout {
  /** Columns of the terminal; null: no bound. */
  readonly width: number | null;
  /** Decorates a finished, padded cell; row is null for the header. */
  readonly decorate?: (text: string, row: number | null, header: string) => string;
}

const GAP = '  ';

/**
 * Lines up cells under their headers. No line is wider than the layout's width: first the widest columns that may be
 * cut are cut (with `…`), then those that may be left out are, last a line is cut at the edge.
 *
 * @param rows one cell per column; control characters are made visible here, so callers pass names as they are
 */
export function formatColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  layout: ColumnsLayout,
): string[] {
  const cells = [columns.map((column) => column.header), ...rows.map((row) => row.map(printable))];
  const shown = chooseWidths(columns, cells, layout.width);
  return cells.map((row, index) => {
    let used = 0;
    const parts: string[] = [];
    for (const [position, { column, width }] of shown.entries()) {
      const isLast = position === shown.length - 1;
      const gap = position === 0 ? '' : GAP;
      // What is left of the terminal bounds even a column that may not be cut: a wrapped line is worse.
      const room = layout.width === null ? width : Math.min(width, layout.width - used - gap.length);
      if (room <= 0) {
        break;
      }
      const text = cut(row[column] ?? '', room);
      const padded = pad(text, room, columns[column]?.align ?? 'left', isLast);
      used += gap.length + stringWidth(padded);
      const header = columns[column]?.header ?? '';
      parts.push(gap + (layout.decorate?.(padded, index === 0 ? null : index - 1, header) ?? padded));
    }
    return parts.join('').trimEnd();
  });
}

interface ShownColumn {
  readonly column: number;
  readonly width: number;
}

function chooseWidths(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
  width: number | null,
): ShownColumn[] {
  let natural = columns.map((_, column) => ({
    column,
    width: Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))),
  }));
  if (width === null) {
    return natural;
  }
  for (;;) {
    const shown = narrow(columns, natural, width);
    const next = shown
      .filter(({ column }) => columns[column]?.leaveOut !== undefined)
      .sort((a, b) => (columns[b.column]?.leaveOut ?? 0) - (columns[a.column]?.leaveOut ?? 0))[0];
    if (total(shown) <= width || next === undefined) {
      return shown;
    }
    // What it took is there for the others again.
    natural = natural.filter(({ column }) => column !== next.column);
  }
}

/** Takes one character at a time from the widest column that may still give one. */
function narrow(columns: readonly Column[], shown: readonly ShownColumn[], width: number): ShownColumn[] {
  const widths = new Map(shown.map((entry) => [entry.column, entry.width]));
  for (let excess = total(shown) - width; excess > 0; excess--) {
    const widest = [...widths]
      .filter(([column, now]) => now > (columns[column]?.min ?? Number.POSITIVE_INFINITY))
      .sort(([, a], [, b]) => b - a)[0];
    if (widest === undefined) {
      break;
    }
    widths.set(widest[0], widest[1] - 1);
  }
  return [...widths].map(([column, now]) => ({ column, width: now }));
}

function total(shown: readonly ShownColumn[]): number {
  return shown.reduce((sum, { width }) => sum + width, 0) + GAP.length * Math.max(0, shown.length - 1);
}

/** At most `width` terminal columns of the text, its end replaced by `…` when it is longer. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) {
    return text;
  }
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) {
      break;
    }
    kept += segment;
  }
  return `${kept}…`;
}

function pad(text: string, width: number, align: 'left' | 'right', isLast: boolean): string {
  const missing = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? missing + text : isLast ? text : text + missing;
}
