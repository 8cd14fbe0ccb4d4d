import { PoolExhausted } from './errors/pool-exhausted.ts';
import type { PoolContext } from './pool-context.ts';

/** Counts a caller who got no session in time, wherever in the course of the call that came out. */
export async function countExhaustion<T>(
  { metrics }: PoolContext,
  tenantId: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof PoolExhausted) {
      metrics.count('PoolExhausted', tenantId);
    }
    throw error;
  }
}
