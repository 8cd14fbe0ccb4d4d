import { type IdleSpell, sessionKey } from '../leaks/measure-idle.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { LifecycleEventType } from '../lifecycle/lifecycle-event.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { readRecords } from './read-records.ts';

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
  const { records } = await readRecords(table, target);
  const ended = records.filter(({ state, outcome }) => state === 'terminated' && outcome === 'gone');
  return {
    killed: new Set(ended.map(({ identity }) => sessionKey(identity))),
    spells: records.flatMap(lastSpell),
  };
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
