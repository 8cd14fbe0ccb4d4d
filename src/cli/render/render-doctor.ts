import type { CheckVerdict } from '../../doctor/check.ts';
import type { CliIo, Emphasis } from '../cli-io.ts';
import { formatFacts } from '../format-facts.ts';
import { formatSum } from '../format-sum.ts';
import type { DoctorDocument } from '../json/doctor-document.ts';
import { printable } from '../printable.ts';

type Shown = DoctorDocument['checks'][number];

/** A word per verdict, so that nothing hangs on colour; each as wide as the others. */
const MARKS: Readonly<Record<CheckVerdict, { readonly word: string; readonly emphasis: Emphasis }>> = {
  ok: { word: 'ok     ', emphasis: 'faint' },
  warning: { word: 'WARNING', emphasis: 'warning' },
  problem: { word: 'PROBLEM', emphasis: 'danger' },
  'cannot-tell': { word: 'unknown', emphasis: 'faint' },
};

/** What was looked at, for people: a line per check, and beneath what is not well, what was expected and what mends it. */
export function renderDoctor(document: DoctorDocument, io: CliIo): string {
  const { checks, counts, stage } = document;
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  const parts = { ok: counts.ok, warning: counts.warning, problem: counts.problem, unknown: counts['cannot-tell'] };
  const groups = [...new Set(checks.map(({ target }) => target))];
  return [
    ...formatFacts([
      ['stage', stage ?? 'none'],
      ['checks', formatSum(parts)],
    ]),
    ...groups.flatMap((group) => {
      const members = checks.filter(({ target }) => target === group);
      return [
        '',
        io.emphasise('heading', headingOf(members[0])),
        ...members.flatMap((check) => lines(check, width, io)),
      ];
    }),
    '',
    sumOf(counts),
  ].join('\n');
}

function headingOf(check: Shown | undefined): string {
  return check?.target == null ? 'for all targets' : printable(`target ${check.target}, ${check.server}`);
}

function lines(check: Shown, width: number, io: CliIo): string[] {
  const { word, emphasis } = MARKS[check.verdict];
  const head = `${io.emphasise(emphasis, word)}  ${check.name.padEnd(width)}  ${printable(check.found)}`;
  if (check.verdict === 'ok' || (check.verdict === 'cannot-tell' && check.mend.length === 0)) {
    return [head];
  }
  const margin = ' '.repeat(word.length + 2);
  return [
    head,
    `${margin}${'expected'.padEnd(width)}  ${printable(check.expected)}`,
    // Printable, but not indented with words before it: what is to be copied stands at the end of its line.
    ...check.mend.map(({ kind, line }) => `${margin}${kind.padEnd(width)}  ${printable(line)}`),
    `${margin}${'source'.padEnd(width)}  ${printable(check.source)}`,
  ];
}

function sumOf({ problem, warning, 'cannot-tell': unknown }: DoctorDocument['counts']): string {
  const untold = unknown === 0 ? '' : ` ${unknown} could not be told.`;
  if (problem + warning === 0) {
    return `Nothing to mend.${untold}`;
  }
  return `${count(problem, 'problem')}, ${count(warning, 'warning')}.${untold}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
