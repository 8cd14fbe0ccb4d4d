import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** The packages that run a state machine and its table on a laptop were left out. */
export class LaptopPartsMissing extends SlotkeeperError {
  constructor(cause: Error) {
    super(
      'LaptopPartsMissing',
      `Expected the packages aws-local-stepfunctions and dynalite, which --url needs; part of them is not here (${cause.message.split('\n')[0]}). ` +
        'They are optional dependencies of slotkeeper: install it without --omit=optional.',
      { cause },
    );
  }
}

/** Commands about a deployment must work without what a laptop needs. */
export async function loadUrlRuntime() {
  try {
    return await import('./open-url-runtime.ts');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      throw new LaptopPartsMissing(error);
    }
    throw error;
  }
}
