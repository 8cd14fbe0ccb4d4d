import { stringify } from 'yaml';
import type { EngineFixture } from './engines/engine-fixture.ts';

/** Slots of the suite's servers, those that are reserved included. */
export const SLOTS = 40;

/** How often a run signals and looks again before it gives somebody up. */
export const ROUNDS = 4;

const ALL = { maxTerminations: 1000, maxShare: '100%' };

/** A target of the suite: one server, entered as this user, and what is particular about it. */
interface Eye {
  readonly user: string;
  readonly policy: string;
  readonly [key: string]: unknown;
}

/** One server, seen with different eyes: each target but the first is refused, or holds back, for another reason. */
function eyesOf({ engine, keeper, superuser, reserved, nowhere }: EngineFixture): Readonly<Record<string, Eye>> {
  const slots = { limit: SLOTS, reserved };
  return {
    local: {
      user: keeper,
      policy: 'default',
      schedule: 'rate(10 minutes)',
      slots: { ...slots, keepFree: 5 },
      caps: ALL,
    },
    superuser: { user: superuser, policy: 'default', slots, caps: ALL },
    capped: { user: keeper, policy: 'at-once', slots, caps: { maxTerminations: 5, maxShare: '90%' } },
    blind: { user: 'onlooker', policy: 'at-once', slots },
    looking: { user: 'auditor', policy: 'at-once', slots },
    outside: { user: 'auditor', policy: 'at-once', slots },
    floored: { user: keeper, policy: 'at-once', slots, sanity: { minBackends: 35 } },
    steady: { user: keeper, policy: 'nobody', slots, sanity: { maxShrink: 3, compareRuns: 2 } },
    ...(engine === 'postgres' ? { classes: { user: keeper, policy: 'classes', slots, caps: ALL } } : {}),
    stranger: { user: 'stranger', policy: 'at-once', slots },
    elsewhere: { user: keeper, policy: 'at-once', slots, ...nowhere },
    losing: { user: 'loser', policy: 'also-own', slots, caps: { maxShare: '90%' } },
    stubborn: { user: keeper, policy: 'at-once', slots, caps: { maxShare: '90%' } },
    pressed: {
      user: superuser,
      policy: 'at-once',
      slots: { ...slots, keepFree: 10 },
      pressure: { terminate: 'below-keep-free' },
      caps: { maxTerminations: 40, maxShare: '90%' },
    },
  };
}

/** Terms as in real life, and terms that are over at once; the tests move the clock. */
const POLICIES = {
  default: [
    { name: 'etl-is-exempt', match: { user: 'etl_*' }, keep: true },
    {
      name: 'forgotten-transactions',
      match: { activity: ['idle-in-transaction', 'idle-in-transaction-holding-locks'] },
      ...{ warnAfter: '10m', terminateAfter: '30m', grace: '15m' },
    },
    { name: 'everyone-else', warnAfter: '30m', terminateAfter: '1h', grace: '15m' },
  ],
  'also-own': [
    { name: 'own-user', match: { user: 'loser' }, terminateAfter: '0s', notice: 'none' },
    { name: 'web', match: { user: 'web_*' }, terminateAfter: '0s', notice: 'none' },
  ],
  'at-once': [
    { name: 'web', match: { user: 'web_*' }, terminateAfter: '0s', notice: 'none' },
    { name: 'dashboards', match: { user: 'bi_*' }, warnAfter: '0s', terminateAfter: '0s', grace: '0s' },
  ],
  nobody: [{ name: 'everyone', keep: true }],
};

/** What only a PostgreSQL server tells apart. */
const POSTGRES_POLICIES = {
  classes: [
    { name: 'consoles', match: { user: 'boss' }, terminateAfter: '0s', notice: 'none' },
    { name: 'aborted', match: { activity: 'idle-in-transaction-aborted' }, terminateAfter: '0s', notice: 'none' },
    { name: 'batches', match: { user: 'batch*' }, terminateAfter: '0s', notice: 'none' },
  ],
};

/** How long runs wait between looks, and how often they look. */
export type Waits = Readonly<Record<'pollWaits' | 'settle', unknown>>;

const HURRIED: Waits = {
  pollWaits: ['0s', '0s', '0s', '0s', '1s', '2s', '5s', '13s', '20s', '30s', '30s'],
  settle: { rounds: ROUNDS, wait: '20s' },
};

/** As in real life: a test can do something while a run waits. */
export const UNHURRIED: Waits = {
  pollWaits: ['1s', '1s', '2s', '3s', '5s', '8s', '13s', '20s', '30s', '30s'],
  settle: { rounds: 10, wait: '2s' },
};

/** The `slotkeeper.yml` of the suite that all engines share. */
export function contractConfig(engine: EngineFixture, runs: Waits = HURRIED): string {
  const targets = Object.entries(eyesOf(engine)).map(([name, { user, ...rest }]) => [
    name,
    { engine: engine.engine, ...engine.signIn(user), ...rest },
  ]);
  const config = {
    targets: Object.fromEntries(targets),
    policies: engine.engine === 'postgres' ? { ...POLICIES, ...POSTGRES_POLICIES } : POLICIES,
    notices: {
      defaultOwner: 'data-platform@example.com',
      owners: [{ user: 'bi_*', owner: 'bi-team@example.com' }],
    },
    runs: { lockFor: '16m', ...runs },
  };
  return stringify(config, { aliasDuplicateObjects: false });
}
