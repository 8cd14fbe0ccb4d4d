import { closest } from 'fastest-levenshtein';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type OutputsDocument, outputsDocument } from '../json/outputs-document.ts';
import { renderOutputs } from '../render/render-outputs.ts';

export interface OutputsOptions {
  readonly stage?: string;
  readonly json?: boolean;
}

/** The stack has no output of that key. */
export class OutputUnknown extends SlotkeeperError {
  constructor(key: string, stage: string, keys: readonly string[]) {
    super(
      'OutputUnknown',
      keys.length === 0
        ? `Expected stage ${stage} to have an output ${key}, but it has none at all.`
        : `Expected stage ${stage} to have an output ${key}. Did you mean ${closest(key, keys)}? It has: ${keys.join(', ')}.`,
    );
  }
}

/**
 * Shows what the stage's stack tells about itself, or one of it alone, for scripts. It changes nothing.
 *
 * @throws StageUnknown StackUnusable OutputUnknown
 */
export async function outputsCommand(
  runtime: CliRuntime,
  io: CliIo,
  key: string | undefined,
  options: OutputsOptions,
): Promise<ExitCode> {
  const { stage, stack, outputs } = await chooseDeployment(runtime, io, options.stage);
  const value = key === undefined ? undefined : outputs[key];
  if (key !== undefined && value === undefined) {
    throw new OutputUnknown(key, stage, Object.keys(outputs));
  }
  const document: OutputsDocument = outputsDocument.parse({
    schema: 'slotkeeper.outputs/1',
    stage,
    region: await runtime.deployments.region(),
    stack,
    outputs: key === undefined || value === undefined ? outputs : { [key]: value },
  });
  io.out(options.json === true ? JSON.stringify(document) : (value ?? renderOutputs(document)));
  return EXIT.nothingToDo;
}
