import type { Rule } from '../../../src/policy/rule.ts';
import { EVERYONE, UNWARNED } from '../../support/reaper-world.ts';
import { type FaultRates, NO_FAULTS } from '../engine/fault-layer.ts';
import type { Random } from '../engine/random.ts';
import type { StatementRates } from '../server/data-api.ts';

/**
 * How far clocks are apart.
 *
 * - `agree`: processes of Slotkeeper within 0.2 s of each other, as Lambda keeps them, the server within a second.
 * - `server-apart`: the server by up to 5 minutes.
 * - `all-apart`: every process by up to 5 minutes of its own. Leases and locks are promised only to clocks that differ
 *   by less than their grace, so what rests on those is not checked here; everything else is.
 */
export type Clocks = 'agree' | 'server-apart' | 'all-apart';

/** The world of one seed. Times are seconds unless the name says otherwise. */
export interface Scenario {
  readonly clocks: Clocks;
  readonly serverSkewMs: number;
  readonly faults: FaultRates;
  readonly statements: StatementRates;
  readonly processes: {
    /** An invocation dies at some await. */
    readonly crash: number;
    /** Its caller is told of a failure while it goes on, and invokes it again. */
    readonly twice: number;
    /** The execution is stopped from outside. */
    readonly stop: number;
  };
  readonly server: { readonly restart: boolean; readonly earlyClose: number; readonly blindness: number };
  readonly rules: readonly Rule[];
  /** An operator makes the rule for everyone stricter then; null: never. */
  readonly strictAfter: number | null;
  readonly strictRules: readonly Rule[];
  readonly caps: { readonly maxTerminations: number; readonly maxShare: number };
  readonly rate: { readonly messages: number; readonly per: number };
  readonly snoozesPerDay: number;
  readonly limits: { readonly maxPerTenant: number; readonly maxPerTarget: number; readonly keepAliveSeconds: number };
  readonly scheduleEvery: number;
  readonly lockFor: number;
  readonly planValidFor: number;
  /** How long things go wrong; after it everybody is left in peace. */
  readonly lasts: number;
}

const FIVE_MINUTES_MS = 300_000;

const STRICT = { warnAfter: 120, terminateAfter: 240, grace: 60 } as const;

/** Draws the world of a seed. A tenth of the worlds has no faults: what fails there is no fault's fault. */
export function drawScenario(random: Random): Scenario {
  const clocks = random.pick(['agree', 'agree', 'agree', 'server-apart', 'all-apart'] as const);
  const level = random.pick([0, 0.3, 1, 1, 1, 1, 1, 2, 2, 3]);
  const serverSkewMs =
    clocks === 'agree' ? random.between(-1_000, 1_000) : random.between(-FIVE_MINUTES_MS, FIVE_MINUTES_MS);
  const rules = rulesOf(random);
  return {
    clocks,
    serverSkewMs,
    faults: {
      ...NO_FAULTS,
      throttled: 0.004 * level,
      'error-before': 0.002 * level,
      'error-after': 0.003 * level,
      'answer-lost': 0.003 * level,
      'slow-answer': 0.005 * level,
      'stale-index': level === 0 ? 0 : 0.3,
    },
    statements: { failed: 0.01 * level, aborted: 0.01 * level, stuck: 0.01 * level },
    processes: { crash: 0.02 * level, twice: 0.03 * level, stop: 0.02 * level },
    server: { restart: level > 0 && random.chance(0.3), earlyClose: 0.02 * level, blindness: level > 0 ? 0.05 : 0 },
    rules,
    strictAfter: random.chance(0.5) ? random.between(1_000, 3_000) : null,
    strictRules: rules.map((rule) => (rule.name === 'everyone' ? { ...rule, ...STRICT } : rule)),
    caps: random.pick([
      { maxTerminations: 50, maxShare: 1 },
      { maxTerminations: 50, maxShare: 1 },
      { maxTerminations: 3, maxShare: 0.5 },
      { maxTerminations: 50, maxShare: 0.2 },
    ]),
    rate: random.pick([
      { messages: 50, per: 3_600 },
      { messages: 3, per: 1_800 },
    ]),
    snoozesPerDay: random.pick([2, 10]),
    limits: {
      maxPerTenant: random.between(1, 3),
      maxPerTarget: random.between(2, 5),
      keepAliveSeconds: random.pick([300, 1_200, 2_400]),
    },
    scheduleEvery: random.pick([180, 300, 300]),
    lockFor: random.pick([960, 960, 1_200]),
    planValidFor: random.pick([60, 900]),
    lasts: random.between(50, 90) * 60,
  };
}

function rulesOf(random: Random): readonly Rule[] {
  const times = { warnAfter: random.pick([300, 600]), terminateAfter: random.pick([600, 900]) };
  const grace = random.pick([120, 300]);
  return [
    { ...EVERYONE, name: 'exempt', match: { user: ['exempt_*'] }, keep: true },
    { ...UNWARNED, name: 'scratch', match: { user: ['scratch_*'] }, terminateAfter: times.terminateAfter },
    {
      ...EVERYONE,
      name: 'pooled',
      match: { pool: ['idle', 'orphan'] },
      warnAfter: null,
      terminateAfter: random.pick([5, 60, 300]),
      grace: 60,
      notice: random.pick(['none', 'none', 'owner'] as const),
    },
    { ...EVERYONE, ...times, grace },
  ];
}
