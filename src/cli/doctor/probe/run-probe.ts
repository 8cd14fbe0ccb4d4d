import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { DataApiTarget } from '../../../config/target-config.ts';
import type { ProbeResult } from '../../../doctor/probe/experiment.ts';
import { LEFT_OPEN } from '../../../doctor/probe/experiments.ts';
import { notTried } from '../../../doctor/probe/judge-experiment.ts';
import { createProbeApi } from './probe-api.ts';
import { createProbeLog } from './probe-log.ts';
import { createProbeSessions } from './probe-sessions.ts';
import { trySessionQuery } from './try-session-query.ts';
import { trySessions } from './try-sessions.ts';
import { tryStatements } from './try-statements.ts';

export interface ProbeOptions {
  readonly client: RedshiftDataClient;
  readonly target: DataApiTarget;
  /** Milliseconds; rejects when the probe is interrupted. */
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly progress: (question: string) => void;
}

/** What a probe found, and what it left behind. */
export interface ProbeReport {
  readonly results: readonly ProbeResult[];
  readonly sessions: { readonly opened: number; readonly closed: number; readonly expiring: number };
  /** What ended it before all was tried: a sentence; null: nothing did. */
  readonly broken: string | null;
}

/**
 * Tries everything, on sessions that it opens itself, and closes them whatever happens.
 *
 * @param onClosed is told what became of the sessions, also when it was interrupted
 * @throws Interrupted after it has cleaned up
 */
export async function runProbe(
  { client, target, sleep, progress }: ProbeOptions,
  onClosed: (sessions: ProbeReport['sessions']) => void,
): Promise<ProbeReport> {
  const api = createProbeApi({ client, target, sleep });
  const log = createProbeLog(progress);
  const sessions = createProbeSessions(api);
  let broken: string | null = null;
  let left: ProbeReport['sessions'] = { opened: 0, closed: 0, expiring: 0 };
  try {
    await tryStatements(api, sessions, log);
    await trySessionQuery({ client, target, sleep }, api, sessions, log);
    await trySessions(api, sessions, log);
  } catch (error) {
    if (error instanceof Error && error.name === 'Interrupted') {
      throw error;
    }
    broken = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } finally {
    // With a patience of its own: an interrupted probe must not leave what it has opened.
    left = await sessions.closeAll(createProbeApi({ client, target }));
    onClosed(left);
  }
  const open = LEFT_OPEN.map(({ experiment, why }) => notTried(experiment, why));
  return { results: [...log.results(), ...open], sessions: left, broken };
}
