import type { z } from 'zod';
import { arnOf } from '../../local/cloud-names.ts';
import { AwsError } from '../../local/http/aws-error.ts';
import type { Outcome } from '../../local/lambda/container.ts';

/** A step of the state machine, ready to be given its payload. */
export type Step<Ports> = (ports: Ports) => (payload: unknown) => Promise<unknown>;

/** A step from the shape of its payload and its use case, as the file in `functions/` has them. */
export function stepOf<Input, Output, Ports>(
  shape: z.ZodType<Input>,
  createUseCase: (ports: Ports) => (input: Input) => Promise<Output>,
): Step<Ports> {
  return (ports) => {
    const useCase = createUseCase(ports);
    return (payload) => useCase(shape.parse(payload));
  };
}

/** The steps of a run, called in this process as Step Functions calls Lambda functions. */
export interface InProcessSteps {
  /** ARN by key of `serverless.yml`, e.g. `beginRun`. */
  readonly arns: ReadonlyMap<string, string>;
  /** Payload and result as JSON text; what a step throws is the outcome's error. */
  invoke(arn: string, payload: string): Promise<Outcome>;
  invokeLater(arn: string, payload: string): void;
  /** Resolves when no step is at work: one that nobody waits for any more goes on to its end. */
  settled(): Promise<void>;
}

/** @param steps by key of `serverless.yml` */
export function createInProcessSteps<Ports>(
  steps: Readonly<Record<string, Step<Ports>>>,
  ports: Ports,
): InProcessSteps {
  const arns = new Map(Object.keys(steps).map((key) => [key, arnOf('lambda', `function:${key}`)]));
  const byArn = new Map(Object.entries(steps).map(([key, step]) => [arns.get(key), step(ports)]));
  const atWork = new Set<Promise<unknown>>();
  return {
    arns,
    async invoke(arn, payload) {
      const step = byArn.get(arn);
      if (step === undefined) {
        throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
      }
      const work = carryOut(step, payload);
      atWork.add(work);
      return await work.finally(() => atWork.delete(work));
    },
    invokeLater: (arn) => {
      throw new AwsError('InvalidParameterValueException', `Expected a step that is waited for, got ${arn}.`);
    },
    async settled() {
      await Promise.all(atWork);
    },
  };
}

async function carryOut(step: (payload: unknown) => Promise<unknown>, payload: string): Promise<Outcome> {
  try {
    return { ok: true, payload: JSON.stringify((await step(JSON.parse(payload))) ?? null) };
  } catch (thrown) {
    const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { ok: false, error: { errorType: name, errorMessage: message, trace: [] } };
  }
}
