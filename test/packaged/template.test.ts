import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlesOf, operationsIn } from './bundles.ts';
import { codeNeeds } from './code-needs.ts';
import { MUTANTS, mutated } from './mutants.ts';
import { cloneCheckout, type PackagedStack, packageStack } from './package-stack.ts';
import { resourceProblems } from './resource-problems.ts';
import { TARGET_NEEDS } from './target-needs.ts';
import { propertiesOf, resourcesOf, type Template } from './template.ts';
import { type PackagedWith, templateProblems } from './template-problems.ts';

type Which = 'whole' | 'smallest';

const clone = mkdtempSync(join(tmpdir(), 'slotkeeper-clone-'));
const CONFIG = { whole: 'test/fixtures/three-engines.yml', smallest: 'slotkeeper.yml' } as const;
const TARGETS = { whole: ['analytics', 'reports', 'orders-eu'], smallest: ['analytics'] } as const;
const stacks: Partial<Record<Which, PackagedStack & PackagedWith>> = {};

beforeAll(async () => {
  await cloneCheckout(clone);
  cpSync('test/fixtures/smallest.yml', join(clone, CONFIG.smallest));
  stacks.whole = await packaged('whole', [`--param=config=${CONFIG.whole}`]);
  stacks.smallest = await packaged('smallest');
}, 240_000);

afterAll(() => rmSync(clone, { recursive: true }));

async function packaged(which: Which, options: readonly string[] = []): Promise<PackagedStack & PackagedWith> {
  const stack = await packageStack(clone, which, options);
  return {
    ...stack,
    bundles: bundlesOf(stack),
    config: CONFIG[which],
    targetNeeds: TARGET_NEEDS[which],
    targets: TARGETS[which],
  };
}

function stackOf(which: Which): PackagedStack & PackagedWith {
  const stack = stacks[which];
  if (stack === undefined) {
    throw new Error(`Expected ${which} to be packaged.`);
  }
  return stack;
}

describe.each(['whole', 'smallest'] as const)('the packaged template (%s)', (which) => {
  it('is made offline, without credentials, and without a warning', () => {
    expect(stackOf(which).output).toMatch(/Service packaged/);
    expect(stackOf(which).output).not.toMatch(/warn|deprecat|cannot/i);
  });

  it('has nothing wrong: types, properties, references, grants, definitions, bundles, metrics, logs, callers', async () => {
    const stack = stackOf(which);
    expect(await templateProblems(stack.template, stack)).toEqual({
      resources: [],
      references: [],
      grants: [],
      openGrants: [],
      definitions: [],
      bundles: [],
      metrics: [],
      wiring: [],
    });
    expect(resourceProblems(stack.created)).toEqual([]);
  });

  it('has in each bundle the commands of all that its function needs, so that no need was overlooked', async () => {
    for (const { properties, code } of stackOf(which).bundles) {
      const needs = [...(await codeNeeds(String(properties['Handler'])))];
      const operations = operationsIn({ code });
      const called = needs.flatMap(
        (need) => /^(?:dynamodb|sns|redshift-data|secretsmanager):(\w+)/.exec(need)?.[1] ?? [],
      );
      expect(called.filter((name) => !operations.has(name))).toEqual([]);
      expect(operations.size).toBeGreaterThan(3);
    }
  });

  it('has the machines, the network and the sessions of tenants only where slotkeeper.yml asks for them', () => {
    const { template } = stackOf(which);
    const ids = (type: string) => resourcesOf(template, type).map(([id]) => id);
    const inside = resourcesOf(template, 'AWS::Lambda::Function').filter(
      ([, { VpcConfig }]) => VpcConfig !== undefined,
    );
    expect({
      machines: ids('AWS::StepFunctions::StateMachine'),
      inVpc: inside.map(([id]) => id),
      rules: ids('AWS::Events::Rule'),
      mails: ids('AWS::SNS::Subscription').length,
    }).toEqual(
      which === 'whole'
        ? {
            machines: ['ReapRedshiftSessions', 'ReapPostgresSessions'],
            inVpc: ['PlanPostgresActions', 'EndPostgresSessions', 'RecordPostgresOutcomes'].map(
              (key) => `${key}LambdaFunction`,
            ),
            rules: ['ScheduleAnalytics', 'ScheduleReports', 'ScheduleOrdersDasheu', 'EndedStatements', 'SweepOfPools'],
            mails: 3,
          }
        : { machines: ['ReapRedshiftSessions'], inVpc: [], rules: [], mails: 0 },
    );
  });
});

describe('the suite over the packaged template', () => {
  it('takes policies that a role refers to for its own', async () => {
    const stack = stackOf('whole');
    const template = structuredClone(stack.template) as { Resources: Record<string, unknown> } & Template;
    const role = propertiesOf(template, 'TenantQueryRole') as { Policies: { PolicyDocument: unknown }[] };
    const PolicyDocument = role.Policies.shift()?.PolicyDocument;
    template.Resources['More'] = {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { Description: 'more', PolicyDocument },
    };
    const apart = await templateProblems(template, stack);
    expect(apart.grants).toContain('slotkeeper-dev-runQuery may not dynamodb:Query SessionTable.Arn (TenantQueryRole)');
    Object.assign(role, { ManagedPolicyArns: [{ Ref: 'More' }] });
    expect(Object.values(await templateProblems(template, stack)).flat()).toEqual([]);
  });

  it.each(MUTANTS)('sees when $name', async (mutant) => {
    const stack = stackOf('whole');
    const problems = await templateProblems(mutated(stack.template, mutant), stack);
    expect(Object.values(problems).flat()).toContainEqual(expect.stringContaining(mutant.says));
  });
});
