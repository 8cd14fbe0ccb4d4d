import type { CliIo } from '../cli-io.ts';
import { formatFacts } from '../format-facts.ts';
import type { RunDocument } from '../json/run-document.ts';
import { printable } from '../printable.ts';
import { renderMembers } from './render-members.ts';
import { runFacts, whenFact } from './render-run-facts.ts';

/** A run for people: header, counts, the plan's lines, and how it ended. */
export function renderRun(document: RunDocument, io: CliIo): string {
  const { run, members, error } = document;
  const facts = [
    ['run', `${document.runId}${document.dryRun ? ' (dry run)' : ''}`],
    ['target', `${document.target}, stage ${document.stage}`],
    whenFact(document.startedAt, document.finishedAt),
    ...(run === null ? [] : runFacts(run)),
    ...(run?.planHash == null ? [] : [['plan', run.planHash] as const]),
  ] as const;
  return [
    ...formatFacts(facts),
    ...(members.length === 0 ? [] : ['', ...renderMembers(members, document.dryRun, io)]),
    '',
    ...closing(document, io),
    ...(error === null ? [] : [printable(error.advice)]),
  ].join('\n');
}

function closing(document: RunDocument, io: CliIo): string[] {
  const { run, error, status } = document;
  if (status === 'started') {
    return [
      `Started ${document.execution}`,
      `Follow it with: slotkeeper history ${document.runId} --target ${document.target} --stage ${document.stage}`,
    ];
  }
  if (error !== null) {
    const what = status === 'skipped' ? 'Skipped' : document.exitCode === 20 ? 'Refused' : 'Failed';
    return [`${io.emphasise('danger', `${what}: ${printable(error.name)}`)}. ${printable(error.message)}`];
  }
  if (run?.counts == null) {
    return ['Nothing was counted.'];
  }
  if (document.dryRun) {
    return [`Dry run: would warn ${run.counts.warn} and end ${run.counts.terminate}. Nothing was changed.`];
  }
  const told = document.members.filter((member) => member.action === 'warn' && member.warnedAt !== null).length;
  const warned = `Warned ${told} of ${run.counts.warn} with ${messages(run.notices.sent)}`;
  return [`${warned}, ended ${run.outcomes.gone} of ${run.counts.terminate}.`];
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}
