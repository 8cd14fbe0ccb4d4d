import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { LatencySettings } from '../../local/latencies/latency-plan.ts';
import type { LocalCloud } from '../../local/local-cloud.ts';

/** What the process is asked: to take these latencies from now on, or only how things stand. */
export interface CloudRequest {
  readonly latencies?: LatencySettings;
}

/** What the service did since its start. */
export interface CloudCounts {
  /** Calls of the Data API and of the table. */
  readonly dataApi: number;
  readonly table: number;
  /** Database sessions that the Data API opened. */
  readonly sessions: number;
}

export interface CloudAnswer extends Pick<LocalCloud, 'endpoint' | 'table' | 'postgres'> {
  readonly counts: CloudCounts;
}

/** An embedded cloud that runs in a process of its own. */
export interface CloudProcess extends Omit<CloudAnswer, 'counts'> {
  setLatencies(latencies: LatencySettings): Promise<void>;
  counts(): Promise<CloudCounts>;
  stop(): Promise<void>;
}

/** @throws Error when the process ended before it was up */
export async function startCloudProcess(): Promise<CloudProcess> {
  const child = fork(new URL('cloud-process.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    await answerOf(child);
    const { endpoint, table, postgres } = await ask(child, {});
    return {
      endpoint,
      table,
      postgres,
      async setLatencies(latencies) {
        await ask(child, { latencies });
      },
      counts: async () => (await ask(child, {})).counts,
      stop: () => stop(child),
    };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

/** One question at a time: answers come in the order of the questions, and carry no number. */
async function ask(child: ChildProcess, request: CloudRequest): Promise<CloudAnswer> {
  const answer = answerOf(child);
  child.send(request);
  return (await answer) as CloudAnswer;
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const ended = once(child, 'exit', { signal: over.signal }).then(([code]) => {
    throw new Error(`The process of the embedded cloud ended with code ${code} before it answered.`);
  });
  try {
    const [answer] = (await Promise.race([once(child, 'message', { signal: over.signal }), ended])) as unknown[];
    return answer;
  } finally {
    over.abort();
    // The loser of the race is told to stop, and says so.
    ended.catch(() => undefined);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
