import { markdownTable } from 'markdown-table';
import stringWidth from 'string-width';
import type { Report, Table } from './report.ts';

/** A report as it is printed and as it stands in README.md. */
export function toMarkdown({ tables, budgets }: Report): string {
  return [...tables.map(tableText), ...(budgets.length === 0 ? [] : [budgetsText(budgets)])].join('\n\n');
}

function tableText({ caption, columns, rows, notes = [] }: Table): string {
  const table = markdownTable([columns.map(({ header }) => header), ...rows], {
    align: columns.map(({ align = 'right' }) => align),
    stringLength: stringWidth,
  });
  return [`**${caption}**`, table, ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')])].join(
    '\n\n',
  );
}

function budgetsText(budgets: Report['budgets']): string {
  const rows = budgets.map(({ what, limit, measured, holds }) => [
    what,
    limit,
    measured,
    holds ? 'holds' : 'DOES NOT HOLD',
  ]);
  return tableText({
    caption: 'Budgets',
    columns: ['what', 'budget', 'measured', ''].map((header) => ({ header, align: 'left' })),
    rows,
  });
}
