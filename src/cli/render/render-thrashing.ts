import { formatFacts } from '../format-facts.ts';
import { formatTime } from '../format-time.ts';
import type { ThrashingJson } from '../json/thrashing-json.ts';

/**
 * The clients that were back at once whenever their sessions were ended, for people; nothing where there are none.
 *
 * @param where options that name the target, see `whereAgain`
 */
export function renderThrashing(clients: readonly ThrashingJson[], where: string): string[] {
  return clients.flatMap((client) => ['', ...thrashingLines(client, where)]);
}

function thrashingLines(client: ThrashingJson, where: string): string[] {
  const { id, reconnects, limit, since, run, held, advice } = client;
  return formatFacts([
    ['thrashing', `${nameOf(client)}${client.client === null ? '' : `, probably ${client.client}`}`],
    ['  found', `${formatTime(since)} by ${run}: back at once after ${reconnects} ends, ${limit} are too many`],
    ['  ends', endsOf(client)],
    ...(held ? [['  told', toldOf(client)] as const] : []),
    ...(held ? advice.map(({ at, setting }) => [`  ${at}`, setting] as const) : []),
    ...(held ? [['  release', `slotkeeper leaks --release ${id} ${where}`] as const] : []),
  ]);
}

/** e.g. `bi_reader, Tableau from 10.0.0.7`. */
export function nameOf({ user, application, host }: Pick<ThrashingJson, 'user' | 'application' | 'host'>): string {
  const from = [application, host].filter((part) => part !== '').join(' from ');
  return from === '' ? user : `${user}, ${from}`;
}

function endsOf({ held, until, released }: ThrashingJson): string {
  if (held) {
    return `none of its sessions until ${formatTime(until)}`;
  }
  return released === null
    ? `its sessions again since ${formatTime(until)}`
    : `its sessions again since ${formatTime(released.at)}, released by ${released.by}`;
}

function toldOf({ toldAt }: ThrashingJson): string {
  return toldAt === null ? 'nobody yet: the next run tells the operators' : `the operators, ${formatTime(toldAt)}`;
}
