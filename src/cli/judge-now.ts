import { serverOf } from '../config/describe-target.ts';
import type { TargetConfig } from '../config/slotkeeper-config.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import { countSlots } from '../policy/count-slots.ts';
import { describeVerdict } from '../policy/describe-verdict.ts';
import { judge } from '../policy/judge.ts';
import { makePlan } from '../policy/make-plan.ts';
import type { Verdict } from '../policy/verdict.ts';
import { makeRecording } from '../replay/make-recording.ts';
import { policyOf } from '../replay/policy.ts';
import type { CliRuntime } from './cli-runtime.ts';
import type { Deployment } from './deployment/deployment.ts';
import type { BackendsDocument } from './json/backends-document.ts';
import { lookNow } from './look-now.ts';
import { keepRecording } from './recordings/keep-recording.ts';
import type { RecordingOptions } from './recordings/recording-options.ts';

const URGENCY = { terminate: 0, warn: 1, keep: 2 } as const;

/**
 * Looks who holds slots now, and judges each backend by the very rules of a run, with what the table knows of it. Where
 * the options say so, the look is recorded.
 *
 * @throws CanaryFailed when the database user may not see everyone's sessions
 */
export async function judgeNow(
  runtime: CliRuntime,
  deployment: Deployment,
  target: TargetConfig,
  options: RecordingOptions = {},
): Promise<BackendsDocument> {
  const seen = await lookNow(runtime, deployment, target);
  const { snapshot, records } = seen;
  const { stage } = deployment;
  const receipts = new Map(records.map((record) => [backendKey(record.identity), record.receipt]));
  const verdicts = judge(seen);
  const policy = policyOf(target, runtime.config);
  const recording = makeRecording(seen, policy, makePlan(snapshot, verdicts), false);
  return {
    schema: 'slotkeeper.backends/1',
    stage,
    target: target.name,
    engine: target.engine,
    server: serverOf(target),
    database: target.database,
    takenAt: snapshot.takenAt,
    slots: { ...target.slots, ...countSlots(snapshot.backends, target.slots) },
    activities: tally(snapshot.backends.map((backend) => backend.activity)),
    verdicts: { keep: 0, warn: 0, terminate: 0, ...tally(verdicts.map((verdict) => verdict.action)) },
    recorded: keepRecording(options, recording, { stage, source: { kind: 'look' } }, policy, seen.now),
    backends: verdicts
      .toSorted(byUrgency)
      .map((verdict) => toBackendJson(verdict, receipts.get(backendKey(verdict.backend.identity))?.at ?? null)),
  };
}

function toBackendJson(verdict: Verdict, warnedAt: string | null): BackendsDocument['backends'][number] {
  const { backend } = verdict;
  return {
    ...backend.identity,
    wholeUser: backend.wholeUser ?? null,
    database: backend.database,
    application: backend.application,
    clientHost: backend.clientHost,
    activity: backend.activity,
    lastActiveAt: backend.lastActiveAt,
    idleSeconds: backend.idleSeconds,
    own: backend.own,
    system: backend.system,
    superuser: backend.superuser,
    serverTimeoutSeconds: backend.serverTimeoutSeconds,
    tempTables: backend.tempTables,
    confidence: backend.evidence.confidence,
    sources: [...backend.evidence.sources],
    blocks: backend.blocks ?? null,
    purpose: backend.purpose ?? null,
    pool: verdict.standing?.kind ?? null,
    action: verdict.action,
    rule: verdict.rule,
    code: verdict.code,
    why: describeVerdict(verdict),
    owner: verdict.owner,
    ownerBy: verdict.ownerBy ?? null,
    endsAt: verdict.endsAt,
    recovered: verdict.recovered,
    warnedAt,
  };
}

/** What a run would act on first, then by idle time. */
function byUrgency(a: Verdict, b: Verdict): number {
  return (
    URGENCY[a.action] - URGENCY[b.action] ||
    b.backend.idleSeconds - a.backend.idleSeconds ||
    a.backend.identity.pid - b.backend.identity.pid
  );
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) {
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
