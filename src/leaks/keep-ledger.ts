import { microsOf } from '../backends/instant.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { LifecycleEvent } from '../lifecycle/lifecycle-event.ts';
import { OUTCOMES, type Outcome } from '../lifecycle/outcome.ts';
import type { Ledger, WarningFates } from './ledger.ts';
import type { Window } from './look.ts';

type Fate = Exclude<keyof WarningFates, 'spells'>;

/** What the history of one backend says of the period. */
interface Life {
  /** One for each warned idle spell that began in the period. */
  readonly fates: Fate[];
  snoozes: number;
  readonly outcomes: Outcome[];
  /** The end that was seen; null: none in the period. */
  end: { readonly announced: boolean; readonly at: string } | null;
  reconnected: boolean;
}

/**
 * Adds up the histories of backends over a period. A warned spell counts where its first warning lies in it, an end
 * where it was seen; what happened to either after the period is left out.
 *
 * @param records in any order; backends to whom nothing happened in the period are left out
 */
export function keepLedger(records: readonly BackendRecord[], period: Window): Ledger {
  const lives = records.map((record) => readLife(record, period)).filter((life) => life !== null);
  const fates = lives.flatMap((life) => life.fates);
  const outcomes = lives.flatMap((life) => life.outcomes);
  const ends = lives.flatMap(({ end, reconnected }) => (end === null ? [] : [{ ...end, reconnected }]));
  const count = (fate: Fate) => fates.filter((one) => one === fate).length;
  const warnings = {
    spells: fates.length,
    recovered: count('recovered'),
    left: count('left'),
    ended: count('ended'),
    failed: count('failed'),
    snoozed: count('snoozed'),
    waiting: count('waiting'),
  };
  const worked = warnings.recovered + warnings.left;
  const announced = ends.filter((end) => end.announced).length;
  const reconnected = ends.filter((end) => end.reconnected).length;
  return {
    ...period,
    backends: lives.length,
    warnings,
    snoozes: lives.reduce((sum, life) => sum + life.snoozes, 0),
    outcomes: countOutcomes(outcomes),
    announced,
    unannounced: ends.length - announced,
    reconnected,
    warningsWorked: shareOf(worked, worked + warnings.ended + warnings.failed),
    falseKills: shareOf(reconnected, ends.length),
    freedSeconds: ends.reduce((sum, end) => sum + (end.reconnected ? 0 : secondsFrom(end.at, period.until)), 0),
  };
}

function readLife({ events }: BackendRecord, { since, until }: Window): Life | null {
  const seen = events.filter(({ at }) => microsOf(at) <= microsOf(until));
  const isWithin = ({ at }: LifecycleEvent) => microsOf(at) >= microsOf(since);
  if (!seen.some(isWithin)) {
    return null;
  }
  const life: Life = { fates: [], snoozes: 0, outcomes: [], end: null, reconnected: false };
  let spell: Spell | null = null;
  for (const event of seen) {
    const outcome = outcomeOf(event);
    const within = isWithin(event);
    if (outcome !== null && within) {
      life.outcomes.push(outcome);
    }
    if (event.type === 'terminated' && outcome === 'gone' && within) {
      life.end = { announced: spell !== null, at: event.at };
    }
    life.snoozes += Number(event.type === 'snoozed' && within);
    life.reconnected ||= event.type === 'reconnected';
    const next = spellAfter(spell, event, outcome, within);
    if (spell !== null && next === null) {
      closeSpell(life, { ...spell, fate: finalFate(event, outcome) });
    }
    spell = next;
  }
  if (spell !== null) {
    closeSpell(life, spell);
  }
  return life;
}

/** A warned idle spell. */
interface Spell {
  /** Whether its first warning lies in the period. */
  readonly counts: boolean;
  /** What became of it so far. */
  readonly fate: Fate;
}

/** Null: it is over, or none has begun. */
function spellAfter(
  spell: Spell | null,
  { type }: LifecycleEvent,
  outcome: Outcome | null,
  within: boolean,
): Spell | null {
  switch (type) {
    case 'warned':
      return { counts: spell?.counts ?? within, fate: 'waiting' };
    case 'recovered':
    case 'gone':
    case 'terminated':
      return null;
    case 'snoozed':
      return spell === null ? null : { counts: spell.counts, fate: 'snoozed' };
    case 'termination-failed':
      return spell === null ? null : { counts: spell.counts, fate: outcome === null ? 'waiting' : 'failed' };
    default:
      // A claim, or a signal: what comes of it is told by another event.
      return spell === null ? null : { counts: spell.counts, fate: 'waiting' };
  }
}

function finalFate({ type }: LifecycleEvent, outcome: Outcome | null): Fate {
  return type === 'recovered' ? 'recovered' : outcome === 'gone' ? 'ended' : 'left';
}

function closeSpell(life: Life, { counts, fate }: Spell): void {
  if (counts) {
    life.fates.push(fate);
  }
}

function outcomeOf({ detail }: LifecycleEvent): Outcome | null {
  return OUTCOMES.find((outcome) => outcome === detail['outcome']) ?? null;
}

function countOutcomes(outcomes: readonly Outcome[]): Record<Outcome, number> {
  const count = (outcome: Outcome) => outcomes.filter((one) => one === outcome).length;
  return {
    gone: count('gone'),
    'already-gone': count('already-gone'),
    'busy-again': count('busy-again'),
    denied: count('denied'),
    'still-there': count('still-there'),
  };
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function secondsFrom(from: string, to: string): number {
  return Math.floor((microsOf(to) - microsOf(from)) / 1_000_000);
}
