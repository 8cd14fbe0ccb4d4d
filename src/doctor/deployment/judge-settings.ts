import { formatDuration } from '../../notices/format-duration.ts';
import type { Check, Mend } from '../check.ts';

/** Ranges of the Data API (service model redshift-data 2019-12-20; AWS page data-api). */
const KEEP_ALIVE_MOST = 86_400;
const TOKEN_LENGTH_MOST = 64;
const TOKEN_MEMORY_SECONDS = 8 * 3_600;

export interface KeepAliveSettings {
  /** `runs.sessionKeepAlive`, seconds. */
  readonly sessionKeepAlive: number;
  /** Least seconds between two starts; null: an hour or more, or no schedule. */
  readonly interval: number | null;
  /** `pool.keepAlive`, seconds; null: the target has no pool. */
  readonly poolKeepAlive: number | null;
  /** When a rule first touches idle sessions, seconds; null: none does. */
  readonly firstRule: number | null;
}

/** Whether sessions are kept as long as they are needed, and no longer than the service does. */
export function judgeKeepAlive(settings: KeepAliveSettings): Check {
  const { sessionKeepAlive, interval, poolKeepAlive, firstRule } = settings;
  const about = {
    name: 'keep-alive',
    question: 'Are Data API sessions kept as long as they are needed?',
    expected: `runs.sessionKeepAlive longer than the pause between two runs, pool.keepAlive shorter than the first rule, both at most ${formatDuration(KEEP_ALIVE_MOST)}`,
    source: 'AWS page data-api (session reuse); docs/configuration.md',
  };
  const wrong: { found: string; mend: Mend }[] = [];
  for (const [key, value] of [
    ['runs.sessionKeepAlive', sessionKeepAlive],
    ['pool.keepAlive', poolKeepAlive],
  ] as const) {
    if (value !== null && (value < 1 || value > KEEP_ALIVE_MOST)) {
      wrong.push({
        found: `${key} is ${value} s, which the service refuses`,
        mend: { kind: 'yaml', line: `${key.split('.')[1]}: 1h` },
      });
    }
  }
  if (interval !== null && interval >= sessionKeepAlive) {
    wrong.push({
      found: `the reaper's session dies between two runs: ${formatDuration(interval)} apart, kept for ${formatDuration(sessionKeepAlive)}`,
      mend: {
        kind: 'yaml',
        line: `runs: { sessionKeepAlive: ${formatDuration(Math.min(KEEP_ALIVE_MOST, interval * 2)).replaceAll(' ', '')} }`,
      },
    });
  }
  if (poolKeepAlive !== null && firstRule !== null && firstRule <= poolKeepAlive) {
    wrong.push({
      found: `a rule touches sessions idle for ${formatDuration(firstRule)}, the pool keeps them ${formatDuration(poolKeepAlive)}`,
      mend: {
        kind: 'yaml',
        line: `pool: { keepAlive: ${formatDuration(Math.max(1, Math.floor(firstRule / 2))).replaceAll(' ', '')} }`,
      },
    });
  }
  return wrong.length === 0
    ? {
        ...about,
        verdict: 'ok',
        found: `the reaper's ${formatDuration(sessionKeepAlive)}${poolKeepAlive === null ? '' : `, the pool's ${formatDuration(poolKeepAlive)}`}`,
        mend: [],
      }
    : {
        ...about,
        verdict: 'warning',
        found: wrong.map(({ found }) => found).join('; '),
        mend: wrong.map(({ mend }) => mend),
      };
}

/**
 * Whether a repeated submission is known again: the token must be taken by the service, and remembered until the run ends.
 *
 * @param token one as a run makes it
 * @param runSeconds how long a run may take
 */
export function judgeClientToken(token: string, runSeconds: number): Check {
  const fits = token.length >= 1 && token.length <= TOKEN_LENGTH_MOST && runSeconds < TOKEN_MEMORY_SECONDS;
  return {
    name: 'client-token',
    question: 'Is a repeated submission taken for the same one?',
    verdict: fits ? 'ok' : 'problem',
    found: `${token.length} characters; a run takes at most ${formatDuration(runSeconds)}`,
    expected: `1 to ${TOKEN_LENGTH_MOST} characters, and runs shorter than the ${formatDuration(TOKEN_MEMORY_SECONDS)} for which the service remembers`,
    mend: [],
    source: 'AWS page data-api (idempotency); API reference of ExecuteStatement (ClientToken)',
  };
}
