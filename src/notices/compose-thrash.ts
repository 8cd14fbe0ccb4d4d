import { advise } from '../leaks/advise.ts';
import type { ClientRecord } from '../lifecycle/client-record.ts';
import { formatMoment } from './format-moment.ts';
import type { NoticeText } from './notice-text.ts';
import { clientName, oneLine, toAttribute, toSubject } from './printable.ts';

/**
 * Writes the message by which operators learn that a client's sessions are not ended any more, and what would help.
 *
 * @param again options by which a command line finds the target; absent: `--target` and its name
 */
export function composeThrash(client: ClientRecord, again?: string): NoticeText {
  const { target, id, user, application, clientHost, reconnects, limit, since, until } = client;
  const { client: program, advice } = adviseOnThrash(client);
  const where = oneLine(again ?? `--target ${target}`);
  const body = [
    `A client of ${oneLine(target)} opens new sessions as soon as idle ones are ended: after ${reconnects} ends it was`,
    `back within seconds (thrash.reconnects: ${limit}). Ending more of its sessions frees no slot, so none is ended from`,
    `${formatMoment(since)} to ${formatMoment(until)} UTC. Everybody else's are ended as ever.`,
    '',
    `User: ${clientName(user)}`,
    `Application: ${orNone(application)}${program === null ? '' : ` (probably ${program})`}`,
    `Host: ${orNone(clientHost)}`,
    '',
    'What stops it:',
    ...advice.flatMap(({ setting, why, source }) => [`- ${setting}`, `  ${why}`, `  ${source}`]),
    '',
    'If it is to keep its sessions, say so in slotkeeper.yml: a rule for it with keep: true, or a longer terminateAfter.',
    '',
    `Once that is done, let its sessions be ended again: slotkeeper leaks --release ${id} ${where}`,
    `What it did: slotkeeper leaks ${where}`,
    '',
  ].join('\n');
  return {
    subject: toSubject(`Slotkeeper: ${user} comes back at once on ${target}, its sessions are not ended`),
    body,
    attributes: { target: toAttribute(target), action: 'thrashing' },
  };
}

/** What stops a client that comes back at once: settings of its program and its pool. */
export function adviseOnThrash({
  user,
  application,
  clientHost,
  reconnects,
}: Pick<ClientRecord, 'user' | 'application' | 'clientHost' | 'reconnects'>): ReturnType<typeof advise> {
  return advise(
    { user, application, host: clientHost, driver: null },
    // Whoever comes back at once is not advised a timeout of the server, so that its engine does not matter.
    { wastedSeconds: 0, came: reconnects, serverTimeout: false, own: false, engine: 'redshift' },
  );
}

function orNone(name: string): string {
  return name === '' ? 'not told' : clientName(name);
}
