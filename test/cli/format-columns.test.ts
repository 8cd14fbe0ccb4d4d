import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type Column, formatColumns } from '../../src/cli/format-columns.ts';

const COLUMNS: readonly Column[] = [
  { header: 'PID', align: 'right' },
  { header: 'USER', min: 6 },
  { header: 'APPLICATION', min: 6, leaveOut: 1 },
  { header: 'HOST', leaveOut: 2 },
];
const ROWS = [
  ['7', 'etl', 'nightly', '10.0.0.1'],
  ['12345', 'bi_dashboard_reader', 'Tableau Desktop', '10.0.0.2'],
];

describe('formatColumns', () => {
  it('lines cells up under their headers, numbers to the right, without trailing blanks', () => {
    expect(formatColumns(COLUMNS, ROWS, { width: null })).toEqual([
      '  PID  USER                 APPLICATION      HOST',
      '    7  etl                  nightly          10.0.0.1',
      '12345  bi_dashboard_reader  Tableau Desktop  10.0.0.2',
    ]);
  });

  it('cuts the widest columns first on a narrow terminal', () => {
    expect(formatColumns(COLUMNS, ROWS, { width: 42 })).toEqual(
      [
        '  PID  USER         APPLICATION   HOST',
        '    7  etl          nightly       10.0.0.1',
        '12345  bi_dashboa…  Tableau Des…  10.0.0.2',
      ].map((line) => line.trimEnd()),
    );
  });

  it('leaves out columns in their order when cutting is not enough', () => {
    expect(formatColumns(COLUMNS, ROWS, { width: 20 })).toEqual(['  PID  USER', '    7  etl', '12345  bi_dashboard…']);
  });

  it('shows control characters of names instead of sending them to the terminal', () => {
    const [, line] = formatColumns([{ header: 'USER' }], [['eve\u001b[2J\nroot\u202e']], { width: null });
    expect(line).toBe('eve\\x1b[2J\\x0aroot\\u{202e}');
  });

  it('counts wide characters as the terminal does', () => {
    expect(
      formatColumns(
        [{ header: 'USER' }, { header: 'N' }],
        [
          ['分析者', '1'],
          ['bob', '2'],
        ],
        { width: null },
      ),
    ).toEqual(['USER    N', '分析者  1', 'bob     2']);
  });

  it('decorates after lining up, and tells header from rows', () => {
    const lines = formatColumns([{ header: 'A' }, { header: 'B' }], [['x', 'y']], {
      width: null,
      decorate: (text, row, header) => (row === null ? text : `<${header}${row}:${text}>`),
    });
    expect(lines).toEqual(['A  B', '<A0:x>  <B0:y>']);
  });

  it('never makes a line wider than the terminal, whatever the names are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), fc.string()), { maxLength: 5 }),
        fc.integer({ min: 1, max: 120 }),
        (rows, width) => {
          for (const line of formatColumns(COLUMNS, rows, { width })) {
            expect(stringWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });
});
