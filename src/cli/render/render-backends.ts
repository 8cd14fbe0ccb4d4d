import { SERVER_WORD } from '../../config/describe-target.ts';
import { formatDuration } from '../../notices/format-duration.ts';
import type { CliIo } from '../cli-io.ts';
import { type Column, formatColumns } from '../format-columns.ts';
import { formatFacts } from '../format-facts.ts';
import { formatSum } from '../format-sum.ts';
import { formatTime } from '../format-time.ts';
import type { BackendsDocument } from '../json/backends-document.ts';
import { actionWord } from './action-word.ts';
import { backendLabel } from './backend-label.ts';
import { decorateActions } from './decorate-actions.ts';

const COLUMNS: readonly Column[] = [
  { header: 'VERDICT' },
  { header: 'BACKEND' },
  { header: 'USER', min: 8 },
  { header: 'DATABASE', min: 6, leaveOut: 2 },
  { header: 'APPLICATION', min: 8, leaveOut: 3 },
  { header: 'HOST', min: 8, leaveOut: 5 },
  { header: 'ACTIVITY', min: 7, leaveOut: 4 },
  { header: 'IDLE', align: 'right' },
  { header: 'WHY', min: 28 },
];

function reserved(slots: number): string {
  return slots === 0 ? '' : `, ${slots} reserved for superusers`;
}

/** Who holds slots now, for people: the slots, sums that add up, and a line per backend with its verdict and reason. */
export function renderBackends(document: BackendsDocument, io: CliIo): string {
  const { slots, backends, verdicts } = document;
  const rows = backends.map((backend) => [
    actionWord(backend.action),
    backendLabel(backend),
    backend.wholeUser ?? backend.user,
    backend.database,
    backend.application,
    backend.clientHost,
    backend.activity,
    backend.activity === 'running' ? '-' : formatDuration(backend.idleSeconds),
    backend.why,
  ]);
  return [
    ...formatFacts([
      [
        'target',
        `${document.target}, ${SERVER_WORD[document.engine]} ${document.server}, database ${document.database}, stage ${document.stage}`,
      ],
      ['seen', formatTime(document.takenAt)],
      [
        'slots',
        `${slots.used} used of ${slots.limit}${reserved(slots.reserved)}, ${slots.free} free${slots.keepFree === 0 ? '' : ` (at least ${slots.keepFree} are to be kept free)`}`,
      ],
      ['backends', formatSum({ 'in a slot': slots.used, 'of the platform': slots.system })],
      ['activity', formatSum(document.activities)],
      ...(document.recorded === null ? [] : [['recorded', document.recorded] as const]),
      ['verdicts', formatSum({ keep: verdicts.keep, warn: verdicts.warn, kill: verdicts.terminate })],
    ]),
    '',
    ...formatColumns(COLUMNS, rows, { width: io.width, decorate: decorateActions(io) }),
  ].join('\n');
}
