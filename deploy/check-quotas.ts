import { SlotkeeperError } from '../src/errors/slotkeeper-error.ts';
import type { Resources } from './cloudformation.ts';
import { policyLength } from './policy-length.ts';

/** Resources of a stack (CloudFormation guide, "Quotas"). */
const MAX_RESOURCES = 500;
/** What the framework adds beside two resources a function: bucket, state machines, permissions, function URL. */
const OF_THE_FRAMEWORK = 20;
/** Characters of a role's inline policies together, white space not counted (IAM guide, "IAM and STS quotas"). */
const MAX_POLICIES = 10_240;

/** More targets than one stack has room for; better said now than by a stack that rolls back. */
export class StackTooLarge extends SlotkeeperError {
  constructor(what: string, most: number, got: number) {
    super(
      'NotDeployable',
      `Expected ${what} to be at most ${most}, got ${got}. So many targets need more than one stack: deploy another stage with a slotkeeper.yml of its own for some of them.`,
    );
  }
}

/** @throws StackTooLarge when CloudFormation or IAM would refuse the stack for its size */
export function checkQuotas(resources: Resources, functionCount: number): void {
  const count = Object.keys(resources).length + 2 * functionCount + OF_THE_FRAMEWORK;
  if (count > MAX_RESOURCES) {
    throw new StackTooLarge('the number of resources', MAX_RESOURCES, count);
  }
  for (const [id, { Type, Properties }] of Object.entries(resources)) {
    const length = Type === 'AWS::IAM::Role' ? policyLength(Properties?.['Policies']) : 0;
    if (length > MAX_POLICIES) {
      throw new StackTooLarge(`the policies of ${id}, in characters,`, MAX_POLICIES, length);
    }
  }
}
