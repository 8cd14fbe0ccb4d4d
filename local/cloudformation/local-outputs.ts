import type { TargetConfig } from '../../src/config/slotkeeper-config.ts';
import { machineOutput, STACK_OUTPUTS, scheduleRuleOutput } from '../../src/deployment/stack-outputs.ts';
import { arnOf, type cloudNames } from '../cloud-names.ts';
import { MACHINE_OF_ENGINE } from '../put-schedule-rules.ts';

/** What is there beside what follows from the names. */
export interface LocalResources {
  readonly targets: readonly TargetConfig[];
  /** ARNs by name. */
  readonly stateMachines: Readonly<Record<string, string>>;
  readonly snoozeUrl: string;
  readonly runQueryFunction: string | null;
  readonly queryApiUrl: string | null;
}

/** The outputs of the embedded stage, the same as those of a deployed stack for the same `slotkeeper.yml`. */
export function localOutputs(
  names: ReturnType<typeof cloudNames>,
  { targets, stateMachines, snoozeUrl, runQueryFunction, queryApiUrl }: LocalResources,
): Readonly<Record<string, string>> {
  const machines = (['redshift', 'postgres'] as const).flatMap((engine) => {
    const arn = stateMachines[names.stateMachine(MACHINE_OF_ENGINE[engine])];
    return arn === undefined ? [] : [[machineOutput(engine), arn]];
  });
  const rules = targets
    .filter(({ schedule }) => schedule !== null)
    .map(({ name }) => [scheduleRuleOutput(name), names.scheduleRule(name)]);
  return {
    [STACK_OUTPUTS.table]: names.table,
    [STACK_OUTPUTS.ownersTopic]: arnOf('sns', names.ownersTopic),
    [STACK_OUTPUTS.operatorsTopic]: arnOf('sns', names.operatorsTopic),
    ...Object.fromEntries(machines),
    ...Object.fromEntries(rules),
    [STACK_OUTPUTS.snoozeUrl]: snoozeUrl,
    ...(queryApiUrl === null ? {} : { [STACK_OUTPUTS.queryApiUrl]: queryApiUrl }),
    ...(runQueryFunction === null ? {} : { [STACK_OUTPUTS.runQueryFunction]: runQueryFunction }),
  };
}
