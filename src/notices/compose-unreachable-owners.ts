import { formatMoment } from './format-moment.ts';
import type { NoticeText } from './notice-text.ts';
import { oneLine, toAttribute, toSubject } from './printable.ts';

/** Owners of one run whom nobody reaches. */
export interface UnreachableInput {
  readonly target: string;
  readonly runId: string;
  /** Not empty. */
  readonly owners: readonly string[];
  /** ARN of the topic to which they must subscribe. */
  readonly topic: string;
  /** Slotkeeper's clock. */
  readonly now: Date;
}

/** As many as a reader may want to act on at once, and far below the 256 KiB of an SNS message. */
const LISTED = 50;

/** Writes the one message of a run by which operators learn which owners got nothing, and how that is mended. */
export function composeUnreachableOwners({ target, runId, owners, topic, now }: UnreachableInput): NoticeText {
  const listed = owners.slice(0, LISTED);
  const many = owners.length === 1 ? '1 owner' : `${owners.length} owners`;
  const body = [
    `At ${formatMoment(now.toISOString())} UTC the run ${oneLine(runId)} for ${oneLine(target)} had something to tell ${many} whom nobody reaches:`,
    'no confirmed subscription of the topic takes messages for them. Nothing was sent to them, and none of their',
    'sessions is ended for lack of a receipt. Everything else of the run went on.',
    '',
    ...listed.map((owner) => `  ${oneLine(owner)}`),
    ...(owners.length > LISTED ? [`  … and ${owners.length - LISTED} more: slotkeeper history ${oneLine(runId)}`] : []),
    '',
    'To let an owner have his own messages:',
    '',
    ...listed.slice(0, 1).map((owner) => `  ${subscribeCommand(topic, owner)}`),
    '',
    'He confirms by the link in the mail that he gets then. Who has the token of that mail may do it for him:',
    '',
    `  aws sns confirm-subscription --topic-arn ${quote(topic)} --token TOKEN`,
    '',
    'The next run tells whoever is reached by then.',
    '',
  ].join('\n');
  return {
    subject: toSubject(`Slotkeeper: nobody reaches ${many} of sessions on ${target}`),
    body,
    attributes: { target: toAttribute(target), action: 'unreachable' },
  };
}

function subscribeCommand(topic: string, owner: string): string {
  const filter = JSON.stringify({ FilterPolicy: JSON.stringify({ owner: [toAttribute(owner)] }) });
  return `aws sns subscribe --topic-arn ${quote(topic)} --protocol email --notification-endpoint ${quote(oneLine(owner))} --attributes ${quote(filter)}`;
}

/** For a POSIX shell. Words without any special sign stay as they are. */
function quote(text: string): string {
  return /^[\w@.:/+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
