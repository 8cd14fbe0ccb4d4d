import { setTimeout as delay } from 'node:timers/promises';

/** A condition of a real server that has not come by then will not come. Milliseconds. */
const PATIENCE_MS = 20_000;

/**
 * Looks again and again until there is something to see.
 *
 * @param look answers null while there is nothing
 * @throws Error that names the condition, when it does not come
 */
export async function until<T>(condition: string, look: () => Promise<T | null> | T | null): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen !== null) {
      return seen;
    }
    if (performance.now() > deadline) {
      throw new Error(`Expected within ${PATIENCE_MS / 1000} s: ${condition}. It did not come.`);
    }
    await delay(5);
  }
}
