import { canonicalText } from './canonical-text.ts';
import type { Experiment, ProbeResult } from './experiment.ts';

/** What came of an experiment that was tried. */
export function judgeExperiment(experiment: Experiment, observed: string, note = ''): ProbeResult {
  const answer = canonicalText(observed);
  return {
    ...experiment,
    observed: answer,
    outcome: answer === experiment.expected ? 'agrees' : 'differs',
    note: canonicalText(note),
  };
}

/** @param why a sentence */
export function notTried(experiment: Experiment, why: string): ProbeResult {
  return { ...experiment, observed: null, outcome: 'not-tried', note: why };
}
