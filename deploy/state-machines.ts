import { readFileSync } from 'node:fs';
import type { Engine } from '../src/config/target-config.ts';
import { getAtt, type Resources } from './cloudformation.ts';
import type { StackNames } from './stack-names.ts';

/** The state machines: logical id, role, and the file that holds the definition. */
export const MACHINES = {
  ReapRedshiftSessions: { file: 'reap-redshift-sessions', role: 'ReaperRole' },
  ReapPostgresSessions: { file: 'reap-postgres-sessions', role: 'ReapPostgresSessionsRole' },
} as const;

export type MachineId = keyof typeof MACHINES;

/** The logical id of the state machine that runs targets of an engine. */
export function machineOf(engine: Engine): MachineId {
  return engine === 'postgres' ? 'ReapPostgresSessions' : 'ReapRedshiftSessions';
}

const LOG_DAYS = 30;

/** The state machines as the plugin takes them, from the very files of `state-machines/`. */
export function stateMachines(names: StackNames, ids: readonly MachineId[]) {
  return Object.fromEntries(
    ids.map((id) => [
      id.charAt(0).toLowerCase() + id.slice(1),
      {
        id,
        name: names.stateMachine(MACHINES[id].file),
        type: 'STANDARD',
        role: getAtt(MACHINES[id].role, 'Arn'),
        tracingConfig: { enabled: true },
        // Errors only, and without what the states hand on: a run's references are nobody's business in a log.
        loggingConfig: {
          level: 'ERROR',
          includeExecutionData: false,
          destinations: [getAtt(logGroupOf(id), 'Arn')],
        },
        definition: `\${file(${fileOf(id)})}`,
      },
    ]),
  );
}

const logGroupOf = (id: MachineId): string => `${id}LogGroup`;

/** Where the machines log; the prefix is that by which many log groups share one resource policy (Step Functions guide). */
export function machineLogGroups(names: StackNames, ids: readonly MachineId[]): Resources {
  return Object.fromEntries(
    ids.map((id) => [
      logGroupOf(id),
      {
        Type: 'AWS::Logs::LogGroup',
        Properties: {
          LogGroupName: `/aws/vendedlogs/states/${names.stateMachine(MACHINES[id].file)}`,
          RetentionInDays: LOG_DAYS,
        },
      },
    ]),
  );
}

/** The path of a definition, from the root of the repository. */
const fileOf = (id: MachineId): string => `state-machines/${MACHINES[id].file}.asl.json`;

/** Keys of the functions that a definition invokes. */
export function invokedBy(id: MachineId): string[] {
  const definition = readFileSync(new URL(`../${fileOf(id)}`, import.meta.url), 'utf8');
  const keys = [...definition.matchAll(/"Fn::GetAtt":\s*\[\s*"(\w+)",\s*"Arn"/g)].map(([, key = '']) => key);
  return [...new Set(keys)].sort();
}
