import type { CliIo } from '../cli-io.ts';
import type { ByUrl } from '../cli-runtime.ts';
import { formatFacts } from '../format-facts.ts';
import type { RunDocument } from '../json/run-document.ts';
import type { RunRecordJson } from '../json/run-record-json.ts';
import { printable } from '../printable.ts';
import { renderMembers } from './render-members.ts';
import { runFacts, whenFact } from './render-run-facts.ts';

/**
 * A run for people: header, counts, the plan's lines, and how it ended.
 *
 * @param byUrl where a URL takes the place of a deployment
 */
export function renderRun(document: RunDocument, io: CliIo, byUrl?: ByUrl): string {
  const { run, members, error } = document;
  const facts = [
    ['run', `${document.runId}${document.dryRun ? ' (dry run)' : ''}`],
    ['target', byUrl === undefined ? `${document.target}, stage ${document.stage}` : document.target],
    ...(byUrl?.facts ?? []),
    whenFact(document.startedAt, document.finishedAt),
    ...(run === null ? [] : runFacts(run)),
    ...(document.recorded === null ? [] : [['recorded', document.recorded] as const]),
    ...(run?.planHash == null ? [] : [['plan', run.planHash] as const]),
  ] as const;
  return [
    ...formatFacts(facts),
    ...(members.length === 0 ? [] : ['', ...renderMembers(members, document.dryRun, io)]),
    '',
    ...closing(document, io, byUrl),
    ...(error === null ? [] : [printable(error.advice)]),
  ].join('\n');
}

function closing(document: RunDocument, io: CliIo, byUrl: ByUrl | undefined): string[] {
  const { run, error, status } = document;
  const again = byUrl?.again ?? `--target ${document.target} --stage ${document.stage}`;
  if (status === 'started') {
    return [`Started ${document.execution}`, `Follow it with: slotkeeper history ${document.runId} ${again}`];
  }
  if (error !== null) {
    const what = status === 'skipped' ? 'Skipped' : document.exitCode === 20 ? 'Refused' : 'Failed';
    return [`${io.emphasise('danger', `${what}: ${printable(error.name)}`)}. ${printable(error.message)}`];
  }
  if (run?.counts == null) {
    return ['Nothing was counted.'];
  }
  const thrashing = run.kept['thrashing'] ?? 0;
  if (document.exitCode === 20 && thrashing > 0) {
    const whose =
      thrashing === 1 ? '1 session is due, but its client is' : `${thrashing} sessions are due, but their clients are`;
    return [
      `${io.emphasise('danger', 'Refused: thrashing')}. ${whose} back at once whenever one is ended; nothing was done.`,
      `Who that is, what stops it, and how to go on: slotkeeper leaks ${again}`,
    ];
  }
  if (document.dryRun) {
    const { warn, terminate } = run.counts;
    return [
      `Dry run: would warn ${warn} and end ${terminate}. Nothing was changed.`,
      ...(run.planHash === null || warn + terminate === 0
        ? []
        : [
            `Do exactly this with: slotkeeper run --apply ${run.planHash.slice(0, 12)} ${again}`,
            ...(byUrl === undefined ? [] : [`Or plan anew and act at once: slotkeeper run --terminate ${again}`]),
          ]),
    ];
  }
  return [
    whatWasDone(document, run),
    ...(run.unreachable === null
      ? []
      : [
          "Nobody is ended whose owner nobody reaches. Let them subscribe to the owners' topic and confirm; the operators' message has the command.",
        ]),
  ];
}

/** e.g. `Warned 3 of 3 with 2 messages, ended 1 of 2.`; what was not to be done is not mentioned. */
function whatWasDone({ members }: RunDocument, { counts, notices, outcomes }: RunRecordJson): string {
  const told = members.filter((member) => member.action === 'warn' && member.warnedAt !== null).length;
  const parts = [
    ...((counts?.warn ?? 0) > 0 ? [`warned ${told} of ${counts?.warn} with ${messages(notices.sent)}`] : []),
    ...((counts?.terminate ?? 0) > 0 ? [`ended ${outcomes.gone} of ${counts?.terminate}`] : []),
  ].join(', ');
  return parts === '' ? 'Nothing to do.' : `${parts.charAt(0).toUpperCase()}${parts.slice(1)}.`;
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}
