import type { Engine } from '../config/target-config.ts';

/** The stack of a stage, as the framework names it: the service and the stage. */
const STACK = /^slotkeeper-(?<stage>.+)$/;

/**
 * What a stage's stack tells about itself, by the keys of its outputs. The stack is made with them, the embedded cloud
 * answers with them, and the command line finds everything by them.
 */
export const STACK_OUTPUTS = {
  table: 'SessionTableName',
  ownersTopic: 'OwnersTopicArn',
  operatorsTopic: 'OperatorsTopicArn',
  /** Absent where no target needs that state machine. */
  redshiftMachine: 'ReapRedshiftSessionsArn',
  postgresMachine: 'ReapPostgresSessionsArn',
  /** The page behind the links of notices. */
  snoozeUrl: 'SnoozeUrl',
  /** Absent where no target has a pool. */
  runQueryFunction: 'RunQueryFunctionName',
  /** Absent where `api` of slotkeeper.yml is off. */
  queryApiUrl: 'QueryApiUrl',
} as const;

export type StackOutput = (typeof STACK_OUTPUTS)[keyof typeof STACK_OUTPUTS];

/** The output with the ARN of the state machine that runs targets of an engine. */
export function machineOutput(engine: Engine): StackOutput {
  return engine === 'postgres' ? STACK_OUTPUTS.postgresMachine : STACK_OUTPUTS.redshiftMachine;
}

/**
 * The output with the name of the rule that starts runs of a target: keys take letters and digits only. Two names never
 * come to the same, since they have no capitals of their own.
 */
export function scheduleRuleOutput(target: string): string {
  const spelt = target.replaceAll('-', 'Dash');
  return `ScheduleRule${spelt.charAt(0).toUpperCase()}${spelt.slice(1)}`;
}

/** Name of a stage's stack. */
export function stackNameOf(stage: string): string {
  return `slotkeeper-${stage}`;
}

/** The stage whose stack has this name; null: it is somebody else's. */
export function stageOfStack(stackName: string): string | null {
  return STACK.exec(stackName)?.groups?.['stage'] ?? null;
}
