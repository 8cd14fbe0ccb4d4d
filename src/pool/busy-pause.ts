import type { PoolContext } from './pool-context.ts';

/** On average, milliseconds. */
const PAUSE_MS = 300;

/** The pause before another try after the service was too busy and the SDK's own tries were used up. */
export async function busyPause({ clock, random }: Pick<PoolContext, 'clock' | 'random'>): Promise<void> {
  await clock.sleep(PAUSE_MS * (0.5 + random()), new AbortController().signal);
}
