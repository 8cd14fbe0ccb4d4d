import { describe, expect, it } from 'vitest';
import { InvalidConfig } from '../../src/config/invalid-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';

function parse({ rule = 'terminateAfter: 1h', target = 'slots: { limit: 100, keepFree: 10 }' } = {}) {
  const text = `targets:
  prod: { engine: redshift, cluster: local, database: dev, ${target}, policy: default }
policies: { default: [{ name: everyone, ${rule} }] }
notices: { defaultOwner: team@example.com }
`;
  return parseConfig(text, 'slotkeeper.yml').targets['prod'];
}

function problemOf(given: Parameters<typeof parse>[0]): string[] {
  try {
    parse(given);
  } catch (error) {
    if (error instanceof InvalidConfig) {
      return error.problems.map(({ path, expected }) => `${path}: ${expected}`);
    }
    throw error;
  }
  throw new Error('expected InvalidConfig');
}

describe('pressure in slotkeeper.yml', () => {
  it('is read with its thresholds, steps and reserved slots', () => {
    const target = parse({
      rule: 'warnAfter: 30m, whenFreeSlotsBelow: { terminateAfter: 45m, grace: 1m }',
      target: 'slots: { limit: 100, reserved: 3, keepFree: 30 }, pressure: { terminate: below-keep-free, steps: 3 }',
    });
    expect(target).toMatchObject({
      slots: { limit: 100, reserved: 3, keepFree: 30 },
      pressure: { terminate: 'below-keep-free', steps: 3 },
      rules: [{ warnAfter: 1800, terminateAfter: null, whenFreeSlotsBelow: { terminateAfter: 2700, grace: 60 } }],
    });
  });

  it('may be all that a rule has, with and without a notice', () => {
    expect(parse({ rule: 'whenFreeSlotsBelow: { warnAfter: 5m, terminateAfter: 10m }' })?.rules).toHaveLength(1);
    expect(parse({ rule: 'notice: none, whenFreeSlotsBelow: { terminateAfter: 10m }' })?.rules).toHaveLength(1);
  });

  const inRule = 'policies.default[0].whenFreeSlotsBelow';
  it.each([
    [
      'keep: true, whenFreeSlotsBelow: { grace: 1m }',
      [`${inRule}: no whenFreeSlotsBelow beside keep: true, which leaves its backends alone`],
    ],
    [
      'terminateAfter: 1h, whenFreeSlotsBelow: {}',
      [`${inRule}: warnAfter, terminateAfter or grace inside, or no whenFreeSlotsBelow`],
    ],
    [
      'terminateAfter: 1h, whenFreeSlotsBelow: { terminateAfter: 2h }',
      [`${inRule}.terminateAfter: at most the rule's own 1h: pressure shortens`],
    ],
    [
      'terminateAfter: 1h, whenFreeSlotsBelow: { grace: 20m }',
      [`${inRule}.grace: at most the rule's own 15m: pressure shortens`],
    ],
    [
      'warnAfter: 30m, terminateAfter: 1h, whenFreeSlotsBelow: { terminateAfter: 10m }',
      [`${inRule}.terminateAfter: a warnAfter that is not longer than terminateAfter under pressure, too`],
    ],
    [
      'terminateAfter: 1h, notice: none, whenFreeSlotsBelow: { grace: 1m }',
      [`${inRule}.grace: no grace beside notice: none, by which nobody is told`],
    ],
    [
      'warnAfter: 30m, whenFreeSlotsBelow: { grace: 1m }',
      [`${inRule}.grace: no grace without terminateAfter: a rule that only warns ends nothing`],
    ],
    [
      'whenFreeSlotsBelow: { grace: 1m }',
      ['policies.default[0]: a rule with keep: true, warnAfter or terminateAfter; this one would do nothing'],
    ],
    [
      'terminateAfter: 1h, whenFreeSlotsBelow: { after: 1m }',
      [`${inRule}.after: one of the keys warnAfter, terminateAfter, grace`],
    ],
  ])('is refused where it contradicts its rule: %s', (rule, problems) => {
    expect(problemOf({ rule })).toEqual(problems);
  });

  it.each([
    ['slots: { limit: 10, reserved: 10 }', 'slots.reserved: fewer slots reserved for superusers than the limit of 10'],
    [
      'slots: { limit: 10, reserved: 3, keepFree: 7 }',
      'slots.keepFree: fewer slots to keep free than the 7 that are not reserved for superusers',
    ],
    ['slots: { limit: 10 }, pressure: { steps: 0 }', 'pressure.steps: a whole number from 1 to 10'],
    ['slots: { limit: 10 }, pressure: { terminate: never }', 'pressure.terminate: always or below-keep-free'],
    [
      'slots: { limit: 10 }, sanity: { maxShrink: 1 }',
      'sanity.maxShrink: a factor above 1, at most 1000, or null for none',
    ],
    ['slots: { limit: 10 }, sanity: { compareRuns: 0 }', 'sanity.compareRuns: a whole number from 1 to 50'],
    ['slots: { limit: 10 }, thrash: { reconnects: 1 }', 'thrash.reconnects: a whole number from 2 to 1000'],
    [
      'slots: { limit: 10 }, thrash: { within: 0s }',
      'thrash.within: a duration from 1s to 10m, such as 90s, 15m, 1h30m or 2d',
    ],
    ['slots: { limit: 10 }, thrash: { off: true }', 'thrash.off: one of the keys reconnects, within, window, holdFor'],
  ])('is refused where a target cannot be so: %s', (target, problem) => {
    expect(problemOf({ target })).toEqual([`targets.prod.${problem}`]);
  });

  it('leaves the reserved slots and those to keep free to others than the pool', () => {
    const withPool = (most: number) =>
      `slots: { limit: 100, reserved: 20, keepFree: 10 }, pool: { dbUser: "t{tenantId}", maxPerTarget: ${most} }`;
    expect(parse({ target: withPool(70) })?.pool?.limits.maxPerTarget).toBe(70);
    expect(problemOf({ target: withPool(71) })).toEqual([
      'targets.prod.pool.maxPerTarget: at most the 70 slots of the target that need not stay free',
    ]);
  });
});
