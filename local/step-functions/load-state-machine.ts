import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StateMachine } from 'aws-local-stepfunctions';
import { arnOf } from '../cloud-names.ts';
import { type AslMachine, allStates } from './asl.ts';
import type { EngineDefinition } from './engine.ts';
import { prepareDefinition } from './prepare-definition.ts';
import { resolveReferences } from './resolve-references.ts';
import type { TaskIntegration, TaskIntegrations } from './task-integrations.ts';
import { unsupportedAslFields } from './unsupported-asl-fields.ts';

const SUFFIX = '.asl.json';

/** A state machine that was read, checked and made ready to run. */
export interface LoadedMachine {
  readonly name: string;
  readonly arn: string;
  /** With references resolved, as `DescribeStateMachine` shows it. */
  readonly definition: AslMachine;
  /** What the engine runs; see `prepareDefinition`. */
  readonly prepared: AslMachine;
  /** How long a second of a Wait state takes; 1 on AWS. */
  readonly pace: number;
  /** The integration of one of this machine's resources. */
  integration(resource: string): TaskIntegration;
}

export interface LoadOptions {
  readonly directory: string;
  /** Gives a machine's full name for its file's name. */
  readonly machineName: (file: string) => string;
  /** What `{"Ref": "x"}` and `{"Fn::GetAtt": ["x", "Arn"]}` stand for, by `x`. */
  readonly references: ReadonlyMap<string, string>;
  readonly integrations: TaskIntegrations;
  readonly pace: number;
  /** File names without `.asl.json`; the others are left out. @default all */
  readonly only?: readonly string[];
  /** False leaves out the engine's own examination, which takes a second: for files that were examined before. @default true */
  readonly examine?: boolean;
}

/**
 * Reads every `*.asl.json` of a directory, unchanged as it is deployed.
 *
 * @throws Error that names the file, for a definition that is invalid, that uses what the local engine ignores, or that
 *   refers to something the embedded cloud does not have
 */
export async function loadStateMachines(options: LoadOptions): Promise<LoadedMachine[]> {
  const { directory, only } = options;
  const files = (await readdir(directory))
    .filter((file) => file.endsWith(SUFFIX) && (only?.includes(file.slice(0, -SUFFIX.length)) ?? true))
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const path = join(directory, file);
      try {
        return loadStateMachine(await readFile(path, 'utf8'), file.slice(0, -SUFFIX.length), options);
      } catch (cause) {
        throw new Error(`Cannot run ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      }
    }),
  );
}

function loadStateMachine(text: string, file: string, options: LoadOptions): LoadedMachine {
  const definition = resolveReferences(JSON.parse(text), options.references) as AslMachine;
  if (options.examine ?? true) {
    // The constructor validates; a run makes its own, without the second that this takes on a slow machine.
    new StateMachine(definition as unknown as EngineDefinition, {
      validationOptions: { checkArn: true, checkPaths: true },
    });
  }
  const findings = unsupportedAslFields(definition);
  if (findings.length > 0) {
    throw new Error(`it uses what the local engine does not do as AWS does:\n  ${findings.join('\n  ')}`);
  }
  const integrations = new Map<string, TaskIntegration>();
  for (const [, { Resource }] of allStates(definition)) {
    if (Resource !== undefined) {
      integrations.set(Resource, options.integrations.find(Resource));
    }
  }
  const name = options.machineName(file);
  return {
    name,
    arn: arnOf('states', `stateMachine:${name}`),
    definition,
    prepared: prepareDefinition(definition),
    pace: options.pace,
    integration: (resource) => integrations.get(resource) ?? options.integrations.find(resource),
  };
}
