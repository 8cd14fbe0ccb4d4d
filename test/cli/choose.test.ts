import { describe, expect, it } from 'vitest';
import { chooseDeployment } from '../../src/cli/choose-deployment.ts';
import { chooseTarget } from '../../src/cli/choose-target.ts';
import { type Deployment, machineOf, scheduleRuleOf } from '../../src/cli/deployment/deployment.ts';
import type { SlotkeeperConfig, TargetConfig } from '../../src/config/slotkeeper-config.ts';
import { DEFAULT_SANITY } from '../../src/policy/check-sanity.ts';
import { NO_PRESSURE } from '../../src/policy/pressure-policy.ts';
import { DEFAULT_SNOOZE_BOUNDS } from '../../src/policy/snooze-bounds.ts';
import { DEFAULT_THRASH } from '../../src/policy/thrash-limits.ts';
import { fakeDeployment, fakeDeployments } from './fake-deployments.ts';

function target(name: string): TargetConfig {
  return {
    name,
    engine: 'redshift',
    cluster: name,
    database: 'dev',
    dbUser: null,
    secretArn: null,
    schedule: null,
    enabled: true,
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
      subscriptions: { owners: [], operators: [] },
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
      startWithin: 60,
    },
  };
}

const dev = fakeDeployment('dev');
const prod = fakeDeployment('prod');

/** Chooses among stages; with what was said on stderr. */
async function choose(stages: readonly Deployment[], stage?: string) {
  const said: string[] = [];
  const err = (text: string) => void said.push(text);
  return { chosen: await chooseDeployment({ deployments: fakeDeployments(...stages) }, { err }, stage), said };
}

describe('chooseDeployment', () => {
  it('takes the only stage, or the named one', async () => {
    expect(await choose([dev])).toEqual({ chosen: dev, said: [] });
    expect((await choose([dev, prod], 'prod')).chosen).toBe(prod);
  });

  it('says which stages there are when it cannot choose, and where it looked', async () => {
    await expect(choose([dev, prod])).rejects.toThrow('dev, prod. Pass --stage');
    await expect(choose([dev], 'prod')).rejects.toThrow(
      'No stage "prod" is deployed here: there is no stack slotkeeper-prod in region eu-west-1 of this account. There is: dev.',
    );
    const none = /none in region eu-west-1 .*--region or --profile\..*npx serverless deploy.*slotkeeper -- local/;
    await expect(choose([])).rejects.toThrow(none);
  });

  it('does not need the right to list all stacks for saying that one is not there', async () => {
    const denied = async () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' }));
    const deployments = { ...fakeDeployments(), list: denied };
    await expect(chooseDeployment({ deployments }, { err: () => {} }, 'prod')).rejects.toThrow(
      /slotkeeper-prod .*--region/,
    );
  });

  it.each([
    ['UPDATE_ROLLBACK_COMPLETE', 'was rolled back; this speaks to what was there before'],
    ['UPDATE_IN_PROGRESS', 'is under way (UPDATE_IN_PROGRESS)'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'is under way'],
  ])('goes on with a stack in %s, and says so', async (status, note) => {
    const { said } = await choose([fakeDeployment('prod', [], status)]);
    expect(said).toEqual([expect.stringContaining(note)]);
  });

  it.each([
    ['UPDATE_ROLLBACK_FAILED', 'aws cloudformation continue-update-rollback --stack-name slotkeeper-prod'],
    ['ROLLBACK_COMPLETE', 'npx serverless remove --stage prod'],
    ['CREATE_IN_PROGRESS', 'Wait until it is there'],
    ['REVIEW_IN_PROGRESS', 'Wait until it is there'],
    ['DELETE_IN_PROGRESS', 'npx serverless deploy --stage prod'],
  ])('refuses a stack in %s, and says what to do', async (status, mend) => {
    const error = await choose([fakeDeployment('prod', [], status)]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'StackUnusable', message: expect.stringContaining(mend) });
    expect(error).toMatchObject({
      message: expect.stringContaining(`slotkeeper-prod to be deployed, it is ${status}.`),
    });
  });
});

describe('the outputs of a stack', () => {
  it('tell the state machine of an engine, or what to do where they do not', () => {
    expect(machineOf(prod, 'redshift-serverless')).toBe('arn:machine:prod');
    expect(() => machineOf(prod, 'postgres')).toThrow(
      /slotkeeper-prod to have an output ReapPostgresSessionsArn.*npx serverless deploy --stage prod/,
    );
  });

  it('tell the rule of a target, whatever its name', () => {
    const both = fakeDeployment('prod', ['eu-1', 'eu1']);
    expect(scheduleRuleOf(both, 'eu-1')).toBe('slotkeeper-prod-eu-1-schedule');
    expect(scheduleRuleOf(both, 'eu1')).toBe('slotkeeper-prod-eu1-schedule');
    expect(scheduleRuleOf(both, 'eu')).toBeNull();
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
