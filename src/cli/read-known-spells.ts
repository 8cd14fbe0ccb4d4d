import { type IdleSpell, sessionKey } from '../leaks/measure-idle.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { LifecycleEventType } from '../lifecycle/lifecycle-event.ts';
import type { SessionTable } from '../session-table/session-table.ts';

/** Backends on record that are read at most, those with the newest start: the table is ordered by it. */
const MOST_BACKENDS = 5_000;
const PAGE = 500;

/** What happens to a session only while it is idle since `lastActiveAt`. */
const PROOFS: readonly LifecycleEventType[] = ['warned', 'termination-claimed', 'termination-signalled'];

/** What the table knows of sessions that were warned or ended. */
export interface KnownSpells {
  /** Keys ({@link sessionKey}) of those that Slotkeeper ended and saw gone, whenever that was. */
  readonly killed: ReadonlySet<string>;
  /** The last idle spell of each, up to the last moment at which a run found it idle. */
  readonly spells: readonly IdleSpell[];
}

export async function readKnownSpells(table: SessionTable, target: string): Promise<KnownSpells> {
  const killed = new Set<string>();
  const spells: IdleSpell[] = [];
  let read = 0;
  let next: string | null = null;
  do {
    const page: Awaited<ReturnType<SessionTable['listBackends']>> = await table.listBackends({
      target,
      limit: PAGE,
      ...(next === null ? {} : { nextToken: next }),
    });
    for (const record of page.items) {
      if (record.state === 'terminated' && record.outcome === 'gone') {
        killed.add(sessionKey(record.identity));
      }
      spells.push(...lastSpell(record));
    }
    read += page.items.length;
    next = page.nextToken;
  } while (next !== null && read < MOST_BACKENDS);
  return { killed, spells };
}

/** One that was used again has begun another spell: nothing is known of that one yet. */
function lastSpell({ identity, state, lastActiveAt, events }: BackendRecord): IdleSpell[] {
  const proof = events.findLast(({ type }) => PROOFS.includes(type));
  if (state === 'recovered' || proof === undefined) {
    return [];
  }
  const { pid, startedAt, user } = identity;
  return [{ pid, startedAt, user, from: lastActiveAt, to: proof.at }];
}
