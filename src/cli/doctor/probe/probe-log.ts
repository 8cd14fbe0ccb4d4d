import type { ProbeResult } from '../../../doctor/probe/experiment.ts';
import { EXPERIMENTS, type ExperimentKey } from '../../../doctor/probe/experiments.ts';
import { judgeExperiment, notTried } from '../../../doctor/probe/judge-experiment.ts';
import { Interrupted } from '../../interrupt.ts';

/** An answer, and what was measured beside it. */
export interface Observation {
  readonly observed: string;
  readonly note?: string;
}

/** What came of the experiments so far. */
export interface ProbeLog {
  /** Tries one. What it throws is an observation, too, unless the probe was interrupted. */
  try(key: ExperimentKey, act: () => Promise<Observation | string>): Promise<void>;
  /** @param why a sentence */
  skip(keys: readonly ExperimentKey[], why: string): void;
  /** In the order in which they are listed. */
  results(): readonly ProbeResult[];
}

/** @param progress is told what is tried */
export function createProbeLog(progress: (question: string) => void): ProbeLog {
  const results = new Map<ExperimentKey, ProbeResult>();
  return {
    async try(key, act) {
      const experiment = EXPERIMENTS[key];
      progress(experiment.question);
      try {
        const answer = await act();
        const { observed, note = '' } = typeof answer === 'string' ? { observed: answer } : answer;
        results.set(key, judgeExperiment(experiment, observed, note));
      } catch (error) {
        if (error instanceof Interrupted) {
          throw error;
        }
        results.set(key, judgeExperiment(experiment, errorText(error)));
      }
    },
    skip(keys, why) {
      for (const key of keys) {
        results.set(key, notTried(EXPERIMENTS[key], why));
      }
    },
    results() {
      const listed = Object.keys(EXPERIMENTS).filter((key): key is ExperimentKey => key in EXPERIMENTS);
      return listed.map((key) => results.get(key) ?? notTried(EXPERIMENTS[key], 'the probe ended before'));
    },
  };
}

/** Name and text of what a call is refused with; `taken` where it is not. */
export async function refusalOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'taken';
  } catch (error) {
    if (error instanceof Interrupted) {
      throw error;
    }
    return errorText(error);
  }
}

/** The name alone, where the text is nobody's promise. */
export async function refusalName(act: () => Promise<unknown>): Promise<Observation> {
  const [name = '', ...text] = (await refusalOf(act)).split(': ');
  return { observed: name, note: text.join(': ') };
}

function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
