import type { Engine } from '../config/target-config.ts';

const STATE_MACHINE = /^slotkeeper-(?<stage>.+)-reap-redshift-sessions$/;

/** Name of a stage's session table; the scheme of serverless.yml and of the embedded cloud. */
export function tableNameOf(stage: string): string {
  return `slotkeeper-${stage}-sessions`;
}

/** The stage whose reaper a state machine is; null: it is somebody else's. */
export function stageOfStateMachine(name: string): string | null {
  return STATE_MACHINE.exec(name)?.groups?.['stage'] ?? null;
}

/** The ARN of the state machine that runs targets of an engine, beside that by which a stage is found. */
export function machineOfEngine(reaperArn: string, engine: Engine): string {
  return engine === 'postgres' ? reaperArn.replace(/-reap-redshift-sessions$/, '-reap-postgres-sessions') : reaperArn;
}

/** Name of the rule that starts runs of a target; the scheme of serverless.yml and of the embedded cloud. */
export function scheduleRuleOf(stage: string, target: string): string {
  return `slotkeeper-${stage}-${target}-schedule`;
}
