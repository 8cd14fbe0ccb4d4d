import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantProblems } from './grant-problems.ts';
import { cloneCheckout, type PackagedStack, packageStack } from './package-stack.ts';
import { principalsOf } from './principals.ts';
import { referenceProblems } from './references.ts';
import { resourceProblems } from './resource-problems.ts';
import { TARGET_NEEDS } from './target-needs.ts';

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
});
