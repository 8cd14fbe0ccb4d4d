import { formatFacts } from '../format-facts.ts';
import type { OutputsDocument } from '../json/outputs-document.ts';
import { stackFact } from './stack-fact.ts';

/** What a stack tells about itself, for people. */
export function renderOutputs(document: OutputsDocument): string {
  const outputs = Object.entries(document.outputs).toSorted(([a], [b]) => a.localeCompare(b));
  return [...formatFacts([['stage', stackFact(document)]]), '', ...formatFacts(outputs)].join('\n');
}
