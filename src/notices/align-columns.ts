import { clientName } from './printable.ts';

/** Wider cells are cut, so that one odd name does not push all others out of sight. */
const MAX_WIDTH = 48;

/** Lines of a table in fixed columns, the first row its heading; no blanks at the ends of lines, and no links. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map((cell) => cutCell([...clientName(cell)])));
  const widths: number[] = [];
  for (const row of cells) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return cells.map((row) =>
    row
      .map((cell, column) => cell.join('') + ' '.repeat((widths[column] ?? 0) - cell.length))
      .join('  ')
      .trimEnd(),
  );
}

function cutCell(characters: readonly string[]): readonly string[] {
  return characters.length > MAX_WIDTH ? [...characters.slice(0, MAX_WIDTH - 1), '…'] : characters;
}
