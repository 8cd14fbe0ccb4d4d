import type { Engine } from '../../config/target-config.ts';
import { machineOutput, STACK_OUTPUTS, type StackOutput, scheduleRuleOutput } from '../../deployment/stack-outputs.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** A stage that is there, and what its stack tells about itself. */
export interface Deployment {
  /** e.g. `local`, `dev`, `prod`. */
  readonly stage: string;
  /** By the keys of {@link STACK_OUTPUTS}, and what else the stack puts out. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Null: there is no stack, the stage is in this process. */
  readonly stack: StackState | null;
}

/** How a stack is. */
export interface StackState {
  readonly name: string;
  /** CloudFormation's word, e.g. `UPDATE_COMPLETE`. */
  readonly status: string;
  /** Why it has that status, in CloudFormation's words; null: it does not say. */
  readonly reason: string | null;
  /** When it was last deployed, ISO 8601, UTC; null: it is not told. */
  readonly changedAt: string | null;
}

/** The stack does not tell what a command needs. */
export class OutputMissing extends SlotkeeperError {
  constructor({ stage, stack }: Deployment, output: StackOutput) {
    super(
      'OutputMissing',
      `Expected the stack ${stack?.name ?? stage} to have an output ${output}, but it has none: it was deployed for a slotkeeper.yml that does not need it, or by another version. ` +
        `Deploy again (npx serverless deploy --stage ${stage}); slotkeeper outputs --stage ${stage} shows what there is.`,
    );
  }
}

/** @throws OutputMissing */
function outputOf(deployment: Deployment, output: StackOutput): string {
  const value = deployment.outputs[output];
  if (value === undefined || value === '') {
    throw new OutputMissing(deployment, output);
  }
  return value;
}

/** @throws OutputMissing */
export function tableOfDeployment(deployment: Deployment): string {
  return outputOf(deployment, STACK_OUTPUTS.table);
}

/**
 * The ARN of the state machine that runs targets of an engine.
 *
 * @throws OutputMissing
 */
export function machineOf(deployment: Deployment, engine: Engine): string {
  return outputOf(deployment, machineOutput(engine));
}

/** The ARNs of the state machines that there are. */
export function machinesOf({ outputs }: Deployment): readonly string[] {
  return [STACK_OUTPUTS.redshiftMachine, STACK_OUTPUTS.postgresMachine].flatMap((output) => outputs[output] ?? []);
}

/**
 * The ARN of the topic of owners or of operators.
 *
 * @throws OutputMissing
 */
export function topicOf(deployment: Deployment, audience: 'owners' | 'operators'): string {
  return outputOf(deployment, audience === 'owners' ? STACK_OUTPUTS.ownersTopic : STACK_OUTPUTS.operatorsTopic);
}

/** The rule that starts runs of a target; null: it was deployed without a schedule. */
export function scheduleRuleOf(deployment: Deployment, target: string): string | null {
  return deployment.outputs[scheduleRuleOutput(target)] ?? null;
}
