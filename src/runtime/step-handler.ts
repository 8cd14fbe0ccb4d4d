import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod';
import { safeParse } from '../errors/safe-parse.ts';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { ReaperPorts } from '../reaper/reaper-ports.ts';
import { lambdaRuntime, measureDataApiCalls } from './lambda-runtime.ts';

/** It is logged before the payload is checked: nothing that could be a sentence, SQL or a megabyte. */
const loggedName = z.string().regex(/^[^\s'"\\]{1,128}$/);
const loggedRun = z.object({ run: z.object({ target: loggedName, id: loggedName }) });

const logger = new Logger({ serviceName: 'slotkeeper' });

/** The payload of a step is not what the state machine hands over: the two were deployed apart, or it was called by hand. */
export class InvalidStepInput extends SlotkeeperError {
  constructor(step: string, error: z.ZodError) {
    const problems = error.issues.map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.message}`);
    super('InvalidStepInput', `Expected the payload that the state machine gives to ${step}: ${problems.join('; ')}.`, {
      cause: error,
    });
  }
}

/**
 * Makes a step's Lambda handler: parse, use case, return. The use case is composed at the first call and kept.
 *
 * Logs name the step and the run, and an error's name; a message only where it is Slotkeeper's own, since those hold no
 * SQL text and no SessionId.
 */
export function stepHandler<Input, Output>(
  step: string,
  shape: z.ZodType<Input>,
  createUseCase: (ports: ReaperPorts) => (input: Input) => Promise<Output>,
): (event: unknown) => Promise<Output | null> {
  let useCase: ((input: Input) => Promise<Output>) | undefined;
  return async (event) => {
    const run = runOf(event);
    try {
      const input = safeParse(shape, event);
      if (!input.success) {
        throw new InvalidStepInput(step, input.error);
      }
      useCase ??= createUseCase(lambdaRuntime());
      const result = await useCase(input.data);
      logger.info('step done', { step, run });
      return result ?? null;
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      const message = error instanceof SlotkeeperError ? error.message : undefined;
      logger.error('step failed', { step, run, failure: { name, message } });
      throw error;
    } finally {
      measureDataApiCalls(run?.target ?? null);
    }
  };
}

/** The run of a payload, for the log; absent where the payload has none that looks like one. */
function runOf(event: unknown): { target: string; id: string } | undefined {
  const read = safeParse(loggedRun, event);
  return read.success ? { target: read.data.run.target, id: read.data.run.id } : undefined;
}
