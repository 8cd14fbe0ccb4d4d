import type { CliIo } from '../cli-io.ts';
import { type Column, formatColumns } from '../format-columns.ts';
import { formatFacts } from '../format-facts.ts';
import { formatTime } from '../format-time.ts';
import type { ReplayDocument } from '../json/replay-document.ts';
import { backendLabel } from './backend-label.ts';

const SUMS = [
  ['warnings', 'warnings'],
  ['terminations', 'terminations'],
  ['used afterwards', 'usedAfterEnd'],
  ['refused by the caps', 'refused'],
] as const;

type Fate = ReplayDocument['backends'][number]['fates'][number];

/** What policies would have done, for people: the sums beside each other, then each backend to which something is done. */
export function renderReplay(document: ReplayDocument, io: CliIo): string {
  const { policies, snapshots, backends } = document;
  const names = policies.length === 1 ? ['WOULD'] : policies.map((_, index) => `${letter(index)} WOULD`);
  const columns: Column[] = [
    { header: 'BACKEND' },
    { header: 'USER', min: 8 },
    { header: 'APPLICATION', min: 8, leaveOut: 1 },
    ...(policies.length === 1 ? [] : [{ header: 'SAME' }]),
    ...names.map((header) => ({ header, min: 20 })),
  ];
  const rows = backends.map((backend) => [
    backendLabel(backend),
    backend.user,
    backend.application,
    ...(policies.length === 1 ? [] : [backend.same ? 'yes' : 'no']),
    ...backend.fates.map(describeFate),
  ]);
  return [
    ...formatFacts([
      ['target', document.target],
      ['recorded', `${snapshots.length} from ${formatTime(document.from)} to ${formatTime(document.to)}`],
      ...policies.map(
        ({ file, asRecorded }, index) =>
          [
            policies.length === 1 ? 'policy' : `policy ${letter(index)}`,
            `${file}, ${asRecorded} of ${snapshots.length} plans as recorded`,
          ] as const,
      ),
    ]),
    '',
    ...renderSums(document, io),
    ...(rows.length === 0 ? [] : ['', ...formatColumns(columns, rows, { width: io.width })]),
    '',
    closing(document),
  ].join('\n');
}

function renderSums({ policies, difference }: ReplayDocument, io: CliIo): string[] {
  const columns: Column[] = [
    { header: 'SUM' },
    ...policies.map((_, index) => ({
      header: policies.length === 1 ? 'COUNT' : letter(index),
      align: 'right' as const,
    })),
    ...(difference === null ? [] : [{ header: 'B - A', align: 'right' as const }]),
  ];
  const rows = SUMS.map(([name, key]) => [
    name,
    ...policies.map((policy) => String(policy[key])),
    ...(difference === null ? [] : [signed(difference[key])]),
  ]);
  return formatColumns(columns, rows, { width: io.width });
}

function closing({ differs, difference, backends, snapshots, policies }: ReplayDocument): string {
  if (difference !== null) {
    return differs
      ? `Difference: ${difference.backends} of ${backends.length} ${backends.length === 1 ? 'backend' : 'backends'} would not have fared the same.`
      : 'No difference: both would have done the same.';
  }
  const other = snapshots.length - (policies[0]?.asRecorded ?? 0);
  return differs
    ? `Difference: ${other} of ${snapshots.length} ${snapshots.length === 1 ? 'plan is' : 'plans are'} not known to be the recorded one.`
    : 'No difference: every plan is the recorded one.';
}

function describeFate({ deeds, usedAfterEnd }: Fate): string {
  const done = deeds.map(({ at, action, rule }) => `${action === 'warn' ? 'warn' : 'end'} ${formatTime(at)} (${rule})`);
  return [...(done.length === 0 ? ['nothing'] : done), ...(usedAfterEnd ? ['used afterwards'] : [])].join(', ');
}

function letter(index: number): string {
  return index === 0 ? 'A' : 'B';
}

function signed(difference: number): string {
  return difference > 0 ? `+${difference}` : String(difference);
}
