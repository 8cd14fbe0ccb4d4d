import type { CliIo } from '../cli-io.ts';
import { formatFacts } from '../format-facts.ts';
import { formatSum } from '../format-sum.ts';
import { formatTime } from '../format-time.ts';
import type { ProbeDocument } from '../json/probe-document.ts';
import { printable } from '../printable.ts';

const MARKS = {
  agrees: { word: 'agrees   ', emphasis: 'faint' },
  differs: { word: 'DIFFERS  ', emphasis: 'warning' },
  'not-tried': { word: 'not tried', emphasis: 'faint' },
} as const;

/** What the service answers, and whether the embedded cloud answers the same: a line each, two where they differ. */
export function renderProbe(document: ProbeDocument, io: CliIo): string {
  const { results, counts, sessions, broken, engine, region, at } = document;
  const width = Math.max(...results.map(({ id }) => id.length));
  const lines = results.flatMap(({ id, outcome, expected, observed, note }) => {
    const { word, emphasis } = MARKS[outcome];
    const name = `${io.emphasise(emphasis, word)}  ${id.padEnd(width)}`;
    const aside = note === '' ? '' : ` (${printable(note)})`;
    const margin = ' '.repeat(word.length + 2 + width);
    return observed === null
      ? [`${name}  ${printable(note)}`]
      : outcome === 'agrees'
        ? [`${name}  ${printable(observed)}${aside}`]
        : [`${name}  observed: ${printable(observed)}${aside}`, `${margin}  embedded: ${printable(expected)}`];
  });
  return [
    ...formatFacts([
      ['engine', engine],
      ['where', region ?? 'an endpoint of its own'],
      ['at', formatTime(at)],
      ['answers', formatSum({ agree: counts.agrees, differ: counts.differs, 'not tried': counts['not-tried'] })],
      [
        'sessions',
        `${sessions.opened} opened, ${sessions.closed} closed, ${sessions.expiring} to end by their keep-alive`,
      ],
      ...(broken === null ? [] : [['broken', broken] as const]),
    ]),
    '',
    ...lines,
    '',
    sumOf(document),
  ].join('\n');
}

function sumOf({ counts: { agrees, differs }, broken }: ProbeDocument): string {
  const cut = broken === null ? '' : 'It broke off before all was tried. ';
  if (differs === 0) {
    return `${cut}${agrees === 0 ? 'Nothing was tried.' : 'The embedded cloud agrees with all that was tried.'}`;
  }
  return `${cut}The embedded cloud differs in ${differs}. With --json this can be sent in: it names no session, no user and no SQL.`;
}
