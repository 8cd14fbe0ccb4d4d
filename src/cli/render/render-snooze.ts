import type { CliIo } from '../cli-io.ts';
import { type Column, formatColumns } from '../format-columns.ts';
import { formatFacts } from '../format-facts.ts';
import { formatTime } from '../format-time.ts';
import type { SnoozeDocument } from '../json/snooze-document.ts';
import { backendLabel } from './backend-label.ts';

const COLUMNS: readonly Column[] = [
  { header: 'BACKEND' },
  { header: 'USER', min: 8 },
  { header: 'APPLICATION', min: 8, leaveOut: 1 },
  { header: 'OWNER', min: 12, leaveOut: 2 },
  { header: 'SNOOZED BY', min: 12 },
  { header: 'SINCE', leaveOut: 3 },
  { header: 'UNTIL' },
];

/** Which sessions are kept, by whom and until when, for people. */
export function renderSnooze(document: SnoozeDocument, io: CliIo): string {
  const [session] = document.sessions;
  if (document.did === 'listed') {
    return session === undefined ? `No session of target ${document.target} is snoozed.` : renderList(document, io);
  }
  if (session === undefined) {
    throw new RangeError('Expected the session that was meant, got none.');
  }
  const { user, database, application, clientHost, owner, endsAt } = session;
  const from = [application, clientHost].filter((part) => part !== '').join(' from ');
  const until = endsAt === null ? 'never ended' : formatTime(endsAt);
  return formatFacts([
    ['backend', backendLabel(session)],
    ['client', `${user}, database ${database}${from === '' ? '' : `, ${from}`}`],
    ...(owner === null ? [] : [['owner', owner] as const]),
    ...OUTCOMES[document.did](until, session.by ?? '-'),
    ...(document.left === null ? [] : [['left', `${document.left} more snoozes of this owner today`] as const]),
  ]).join('\n');
}

const OUTCOMES: Readonly<
  Record<Exclude<SnoozeDocument['did'], 'listed'>, (until: string, by: string) => (readonly [string, string])[]>
> = {
  snoozed: (until, by) => [
    ['snoozed', `until ${until}`],
    ['by', by],
  ],
  'kept-anyway': (until) => [['kept', `until ${until} anyway: nothing was changed`]],
  ended: (until) => [['taken back', `may be ended from ${until} on`]],
};

function renderList({ sessions }: SnoozeDocument, io: CliIo): string {
  const rows = sessions.map((session) => [
    backendLabel(session),
    session.user,
    session.application,
    session.owner ?? '-',
    session.by ?? '-',
    session.since === null ? '-' : formatTime(session.since),
    session.endsAt === null ? 'it is used' : formatTime(session.endsAt),
  ]);
  const decorate = (text: string, row: number | null) => (row === null ? io.emphasise('heading', text) : text);
  return formatColumns(COLUMNS, rows, { width: io.width, decorate }).join('\n');
}
