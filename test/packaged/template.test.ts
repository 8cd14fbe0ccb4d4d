import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MACHINES, type MachineId } from '../../deploy/state-machines.ts';
import { bundleProblems, bundlesOf, operationsIn } from './bundles.ts';
import { codeNeeds } from './code-needs.ts';
import { isFile } from './definition.ts';
import { grantProblems } from './grant-problems.ts';
import { openGrantProblems } from './open-grants.ts';
import { cloneCheckout, type PackagedStack, packageStack } from './package-stack.ts';
import { principalsOf } from './principals.ts';
import { referenceProblems } from './references.ts';
import { resourceProblems } from './resource-problems.ts';
import { TARGET_NEEDS } from './target-needs.ts';
import { resourcesOf } from './template.ts';
import { wiringProblems } from './wiring-problems.ts';

const clone = mkdtempSync(join(tmpdir(), 'slotkeeper-clone-'));
const stacks: Partial<Record<'whole' | 'smallest', PackagedStack>> = {};

beforeAll(async () => {
  await cloneCheckout(clone);
  stacks.whole = await packageStack(clone, 'whole', ['--param=config=test/fixtures/three-engines.yml']);
  cpSync('test/fixtures/smallest.yml', join(clone, 'slotkeeper.yml'));
  stacks.smallest = await packageStack(clone, 'smallest');
}, 240_000);

afterAll(() => rmSync(clone, { recursive: true }));

function stackOf(which: 'whole' | 'smallest'): PackagedStack {
  const stack = stacks[which];
  if (stack === undefined) {
    throw new Error(`Expected ${which} to be packaged.`);
  }
  return stack;
}

/** KB of a function's zip: more takes longer to start. */
const MOST = 400_000;

const CONFIG = { whole: 'test/fixtures/three-engines.yml', smallest: 'slotkeeper.yml' } as const;

describe.each(['whole', 'smallest'] as const)('the packaged template (%s)', (which) => {
  it('is made offline, without credentials, and without a warning', () => {
    expect(stackOf(which).output).toMatch(/Service packaged/);
    expect(stackOf(which).output).not.toMatch(/warn|deprecat|cannot/i);
  });

  it('has only types and properties that there are, with values that are allowed', () => {
    expect(resourceProblems(stackOf(which).template)).toEqual([]);
    expect(resourceProblems(stackOf(which).created)).toEqual([]);
  });

  it('refers only to what is there, never in a circle', () => {
    expect(referenceProblems(stackOf(which).template)).toEqual([]);
  });

  it('grants to everybody what he needs, and nothing else to anybody', async () => {
    const { template } = stackOf(which);
    const principals = await principalsOf(template, TARGET_NEEDS[which]);
    expect(grantProblems(template, principals)).toEqual([]);
  });

  it('grants nothing on `*` without a reason', () => {
    expect(openGrantProblems(stackOf(which).template)).toEqual([]);
  });

  it('has the state machines of the files, state by state', () => {
    const machines = resourcesOf(stackOf(which).template, 'AWS::StepFunctions::StateMachine');
    expect(machines.filter(([id, properties]) => !isFile(properties, MACHINES[id as MachineId].file))).toEqual([]);
    expect(machines.map(([id]) => id)).toEqual(which === 'whole' ? Object.keys(MACHINES) : ['ReapRedshiftSessions']);
  });

  it('uploads small functions with their handler, its map and slotkeeper.yml, and the variables that they read', () => {
    expect(bundleProblems(bundlesOf(stackOf(which)), CONFIG[which], MOST)).toEqual([]);
  });

  it('has in each bundle the commands of all that its function needs, so that no need was overlooked', async () => {
    for (const { properties, code } of bundlesOf(stackOf(which))) {
      const needs = [...(await codeNeeds(String(properties['Handler'])))];
      const operations = operationsIn({ code });
      const called = needs.flatMap(
        (need) => /^(?:dynamodb|sns|redshift-data|secretsmanager):(\w+)/.exec(need)?.[1] ?? [],
      );
      expect(called.filter((name) => !operations.has(name))).toEqual([]);
      expect(operations.size).toBeGreaterThan(3);
    }
  });

  it('has a log for everybody, a key that publishers may use, and a table that stays', () => {
    expect(wiringProblems(stackOf(which).template)).toEqual([]);
  });
});
