import { describe, expect, it } from 'vitest';
import { chooseReaper } from '../../src/cli/choose-reaper.ts';
import { chooseTarget } from '../../src/cli/choose-target.ts';
import type { Executions } from '../../src/cli/executions.ts';
import { stageOfStateMachine } from '../../src/cli/resource-names.ts';
import type { SlotkeeperConfig, TargetConfig } from '../../src/config/slotkeeper-config.ts';
import { DEFAULT_SANITY } from '../../src/policy/check-sanity.ts';
import { NO_PRESSURE } from '../../src/policy/pressure-policy.ts';
import { DEFAULT_SNOOZE_BOUNDS } from '../../src/policy/snooze-bounds.ts';
import { DEFAULT_THRASH } from '../../src/policy/thrash-limits.ts';

function executions(...stages: string[]): Executions {
  return {
    listReapers: async () => stages.map((stage) => ({ stage, stateMachineArn: `arn:${stage}` })),
    start: async () => 'arn',
    describe: async () => {
      throw new Error('not asked for');
    },
  };
}

function target(name: string): TargetConfig {
  return {
    name,
    engine: 'redshift',
    cluster: name,
    database: 'dev',
    dbUser: null,
    secretArn: null,
    schedule: null,
    slots: { limit: 100, keepFree: 10, reserved: 0 },
    pressure: NO_PRESSURE,
    sanity: DEFAULT_SANITY,
    thrash: DEFAULT_THRASH,
    caps: { maxTerminations: 20, maxShare: 0.5 },
    rules: [],
    pool: null,
  };
}

function config(...names: string[]): SlotkeeperConfig {
  return {
    targets: Object.fromEntries(names.map((name) => [name, target(name)])),
    notices: {
      defaultOwner: 'ops@example.com',
      owners: [],
      snooze: DEFAULT_SNOOZE_BOUNDS,
      requireConfirmed: true,
      rate: { messages: 12, per: 3600 },
    },
    runs: {
      lockFor: 960,
      pollWaits: [1],
      settle: { rounds: 5, wait: 2 },
      sessionKeepAlive: 3600,
      retention: 86_400,
      planValidFor: 900,
    },
  };
}

describe('chooseReaper', () => {
  it('takes the only stage, or the named one', async () => {
    expect(await chooseReaper(executions('local'), undefined)).toMatchObject({ stage: 'local' });
    expect(await chooseReaper(executions('dev', 'prod'), 'prod')).toMatchObject({ stateMachineArn: 'arn:prod' });
  });

  it('says which stages there are when it cannot choose, and how to get one when there is none', async () => {
    await expect(chooseReaper(executions('dev', 'prod'), undefined)).rejects.toThrow('dev, prod. Pass --stage');
    await expect(chooseReaper(executions('dev'), 'prod')).rejects.toThrow(
      'No stage "prod" is deployed here. There is: dev.',
    );
    await expect(chooseReaper(executions(), undefined)).rejects.toThrow(/npx serverless deploy.*slotkeeper -- local/);
  });
});

describe('stageOfStateMachine', () => {
  it('knows our state machines by their names only', () => {
    expect(stageOfStateMachine('slotkeeper-my-stage-reap-redshift-sessions')).toBe('my-stage');
    expect(stageOfStateMachine('slotkeeper--reap-redshift-sessions')).toBeNull();
    expect(stageOfStateMachine('other-dev-reap-redshift-sessions')).toBeNull();
  });
});

describe('chooseTarget', () => {
  it('takes the only target, or the named one', () => {
    expect(chooseTarget(config('local'), 'f.yml', undefined).name).toBe('local');
    expect(chooseTarget(config('one', 'two'), 'f.yml', 'two').name).toBe('two');
  });

  it('lists the targets when it cannot choose', () => {
    expect(() => chooseTarget(config('one', 'two'), 'f.yml', undefined)).toThrow(
      'f.yml has 2 targets: one, two. Pass --target',
    );
    expect(() => chooseTarget(config('prod', 'dev'), 'f.yml', 'prd')).toThrow('got "prd". Did you mean prod?');
    expect(() => chooseTarget(config('prod'), 'f.yml', 'constructor')).toThrow('got "constructor"');
  });
});
