import { Logger } from '@aws-lambda-powertools/logger';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import { StatementFailed } from '../pool/errors/statement-failed.ts';
import type { TenantPools } from '../queries/tenant-pools.ts';
import { tenantRuntime } from './tenant-runtime.ts';

const logger = new Logger({ serviceName: 'slotkeeper' });

/** A function of tenants' queries: how its payload is read, and what is done with it. */
export interface TenantFunction<Input, Output> {
  readonly name: string;
  readonly read: (payload: unknown) => Input;
  readonly createUseCase: (pools: TenantPools) => (input: Input, remainingMs: number | null) => Promise<Output>;
  /** What the log may say: no SQL, no values, no rows. */
  readonly logged: (input: Input, output: Output | null) => Readonly<Record<string, unknown>>;
}

/** What is read of Lambda's context. */
export interface InvocationContext {
  readonly getRemainingTimeInMillis?: () => number;
}

/**
 * Makes the Lambda handler: read, use case, return. The use case is composed at the first call and kept.
 *
 * An error keeps its name, which Lambda reports as `errorType`. Its message is logged only where it is Slotkeeper's own;
 * Redshift's may quote the statement.
 */
export function tenantHandler<Input, Output>(
  definition: TenantFunction<Input, Output>,
): (event: unknown, context?: InvocationContext) => Promise<Output> {
  const { name, read, createUseCase, logged } = definition;
  let useCase: ((input: Input, remainingMs: number | null) => Promise<Output>) | undefined;
  return async (event, context) => {
    let facts: Readonly<Record<string, unknown>> = {};
    try {
      const input = read(event);
      facts = logged(input, null);
      const { pools, flushMetrics } = tenantRuntime();
      useCase ??= createUseCase(pools);
      try {
        const output = await useCase(input, context?.getRemainingTimeInMillis?.() ?? null);
        logger.info('done', { function: name, ...logged(input, output) });
        return output;
      } finally {
        flushMetrics();
      }
    } catch (error) {
      logger.error('failed', { function: name, ...facts, failure: describe(error) });
      throw error;
    }
  };
}

function describe(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof StatementFailed) {
    return { name: error.name, statementId: error.statementId };
  }
  const name = error instanceof Error ? error.name : 'unknown';
  return error instanceof SlotkeeperError ? { name, message: error.message } : { name };
}
