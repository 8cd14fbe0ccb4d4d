import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { Deployment, StackState } from './deployment.ts';

/** The stage's stack is in a state in which nothing, or not everything, of it is there. */
export class StackUnusable extends SlotkeeperError {
  constructor({ name, status, reason }: StackState, mend: string) {
    super(
      'StackUnusable',
      `Expected the stack ${name} to be deployed, it is ${status}${reason === null ? '' : ` (${reason.replace(/\.$/, '')})`}. ${mend}`,
    );
  }
}

/**
 * Whether a stage can be worked with, by the status of its stack (CloudFormation API reference, Stack, StackStatus).
 *
 * A stack whose update was rolled back runs what was deployed before; while one changes, what is there goes on.
 *
 * @returns what its user should know; null: nothing
 * @throws StackUnusable
 */
export function checkStack({ stack, stage }: Deployment): string | null {
  if (stack === null) {
    return null;
  }
  const { name, status } = stack;
  const events = `aws cloudformation describe-stack-events --stack-name ${name}`;
  switch (status) {
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'IMPORT_COMPLETE':
      return null;
    case 'UPDATE_ROLLBACK_COMPLETE':
    case 'IMPORT_ROLLBACK_COMPLETE':
      return `The last deployment of ${stage} was rolled back; this speaks to what was there before. See why: ${events}`;
    case 'UPDATE_ROLLBACK_FAILED':
      throw new StackUnusable(
        stack,
        `Its resources may be of two deployments. See why (${events}), then: aws cloudformation continue-update-rollback --stack-name ${name}`,
      );
    case 'ROLLBACK_COMPLETE':
    case 'ROLLBACK_FAILED':
    case 'CREATE_FAILED':
    case 'DELETE_FAILED':
      throw new StackUnusable(
        stack,
        `It cannot be updated. See why (${events}), remove it (npx serverless remove --stage ${stage}) and deploy again.`,
      );
    default:
      return checkUnderWay(stack, stage);
  }
}

function checkUnderWay(stack: StackState, stage: string): string {
  if (/^UPDATE_.*IN_PROGRESS$/.test(stack.status)) {
    return `A deployment of ${stage} is under way (${stack.status}); what this shows may change.`;
  }
  throw new StackUnusable(
    stack,
    stack.status.startsWith('DELETE')
      ? `It is being removed, or is gone. Deploy it again: npx serverless deploy --stage ${stage}`
      : 'Wait until it is there, then try again.',
  );
}
