import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BENCHMARKS } from '../../benchmarks/benchmarks.ts';
import { distributionOf } from '../../benchmarks/harness/distribution.ts';
import {
  formatBytes,
  formatCount,
  formatFigure,
  formatRatio,
  formatTime,
} from '../../benchmarks/harness/format-figure.ts';
import { replacePart } from '../../benchmarks/harness/page.ts';
import { toMarkdown } from '../../benchmarks/harness/to-markdown.ts';

describe('a figure', () => {
  it('has three digits that mean something, and its unit', () => {
    expect([0.7123, 12.34, 123.4, 1_234, 1_239_999].map(formatFigure)).toEqual([
      '0.712',
      '12.3',
      '123',
      '1,230',
      '1,240,000',
    ]);
    expect([0, 9.96, 99.96, -4.321].map(formatFigure)).toEqual(['0', '9.96', '100', '-4.32']);
    expect([12.3, 9_999, 12_345].map(formatTime)).toEqual(['12.3 ms', '10,000 ms', '12.3 s']);
    expect([512, 65_536].map(formatBytes)).toEqual(['512 B', '64.0 KiB']);
    expect(formatCount(394_737)).toBe('394,737');
    expect([formatRatio(104, 100), formatRatio(1, 0)]).toEqual(['1.04 ×', '-']);
  });

  it('of many samples is their median and what few of them exceed', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(distributionOf(samples)).toEqual({ samples: 100, median: 50.5, p95: 95.05, p99: 99.01, max: 100 });
    expect(samples[0]).toBe(100);
    expect(() => distributionOf([])).toThrow('at least one sample');
  });
});

describe('a report', () => {
  it('is a table that people can read as it is, with its budgets', () => {
    const text = toMarkdown({
      tables: [
        {
          caption: 'Cats',
          columns: [{ header: 'name', align: 'left' }, { header: 'legs' }],
          rows: [
            ['Mia', '4'],
            ['Tom', '3'],
          ],
          notes: ['Tom had an accident.'],
        },
      ],
      budgets: [{ what: 'legs', limit: '≤ 4', measured: '5', holds: false, kind: 'count' }],
    });
    expect(text.split('\n')).toEqual([
      '**Cats**',
      '',
      '| name | legs |',
      '| :--- | ---: |',
      '| Mia  |    4 |',
      '| Tom  |    3 |',
      '',
      '- Tom had an accident.',
      '',
      '**Budgets**',
      '',
      '| what | budget | measured |               |',
      '| :--- | :----- | :------- | :------------ |',
      '| legs | ≤ 4    | 5        | DOES NOT HOLD |',
    ]);
  });

  it('goes between its marks of the page, and touches nothing else', () => {
    const page = 'before\n<!-- pool -->\nold\n<!-- /pool -->\nafter\n';
    expect(replacePart(page, 'pool', 'new\n')).toBe('before\n<!-- pool -->\n\nnew\n\n<!-- /pool -->\nafter\n');
    expect(replacePart(replacePart(page, 'pool', 'new'), 'pool', 'new')).toBe(replacePart(page, 'pool', 'new'));
    expect(() => replacePart(page, 'runs', 'new')).toThrow('<!-- runs -->');
  });
});

describe('every benchmark', () => {
  it.each(Object.entries(BENCHMARKS))(
    '%s bears its name, and has its part of benchmarks/README.md filled',
    async (name, load) => {
      expect((await load()).name).toBe(name);
      const page = readFileSync('benchmarks/README.md', 'utf8');
      const part = page.slice(page.indexOf(`<!-- ${name} -->`), page.indexOf(`<!-- /${name} -->`));
      expect(part).toContain('Measured 20');
      expect(part).toContain('| :--');
    },
  );
});
