import type { CliIo } from '../cli-io.ts';
import { type Column, formatColumns } from '../format-columns.ts';
import { formatFacts } from '../format-facts.ts';
import { formatSum } from '../format-sum.ts';
import type { RunsDocument } from '../json/runs-document.ts';
import { printable } from '../printable.ts';

type Result = RunsDocument['targets'][number];

const COLUMNS: readonly Column[] = [
  { header: 'TARGET', min: 10 },
  { header: 'RESULT' },
  { header: 'BACKENDS', align: 'right', leaveOut: 2 },
  { header: 'KEEP', align: 'right', leaveOut: 2 },
  { header: 'WARN', align: 'right' },
  { header: 'KILL', align: 'right' },
  { header: 'GONE', align: 'right' },
  { header: 'RUN', leaveOut: 1 },
];

const WORDS = { 0: 'nothing to do', 10: 'acted', 20: 'refused', 1: 'failed' } as const;

/** All targets for people: sums, a line per target, and beneath them why one failed or was refused. */
export function renderRuns(document: RunsDocument, io: CliIo): string {
  const { targets, dryRun } = document;
  const rows = targets.map((result) => {
    const counts = result.run?.run?.counts ?? null;
    return [
      result.target,
      wordOf(result, dryRun),
      ...(counts === null
        ? ['-', '-', '-', '-']
        : [counts.backends, counts.keep, counts.warn, counts.terminate].map(String)),
      dryRun ? '-' : String(result.run?.run?.outcomes.gone ?? '-'),
      result.run?.runId ?? '-',
    ];
  });
  const tally: Record<string, number> = {};
  for (const result of targets) {
    const word = wordOf(result, dryRun);
    tally[word] = (tally[word] ?? 0) + 1;
  }
  const troubles = targets.flatMap((result) => {
    const error = result.run?.error ?? result.error;
    return error === null ? [] : [`${result.target}: ${error.name}. ${error.message}`];
  });
  const decorate = (text: string, row: number | null) => (row === null ? io.emphasise('heading', text) : text);
  return [
    ...formatFacts([
      ['stage', document.stage],
      ['targets', formatSum(tally)],
    ]),
    '',
    ...formatColumns(COLUMNS, rows, { width: io.width, decorate }),
    ...(troubles.length === 0 ? [] : ['', ...troubles.map((line) => io.emphasise('danger', printable(line)))]),
    ...(dryRun ? ['', 'Dry run: nothing was changed.'] : []),
  ].join('\n');
}

function wordOf({ exitCode, run }: Result, dryRun: boolean): string {
  return run?.status === 'skipped' ? 'skipped' : exitCode === 10 && dryRun ? 'would act' : WORDS[exitCode];
}
