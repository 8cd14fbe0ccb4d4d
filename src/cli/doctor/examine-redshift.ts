import { CanaryFailed } from '../../backends/canary-failed.ts';
import { microsOf } from '../../backends/instant.ts';
import type { Snapshot } from '../../backends/snapshot.ts';
import { describeTarget } from '../../config/describe-target.ts';
import type { DataApiTarget } from '../../config/target-config.ts';
import type { Check, Mend } from '../../doctor/check.ts';
import { endsSessions } from '../../doctor/ends-sessions.ts';
import { type Fact, known, unknown } from '../../doctor/fact.ts';
import { quoteWord } from '../../doctor/quote.ts';
import { judgeCanary } from '../../doctor/server/judge-canary.ts';
import { type ClockFacts, judgeClock } from '../../doctor/server/judge-clock.ts';
import { judgeConnection, type SignIn } from '../../doctor/server/judge-connection.ts';
import { judgeOwnTimeouts } from '../../doctor/server/judge-own-timeouts.ts';
import { judgeRedshiftGrants } from '../../doctor/server/judge-redshift-grants.ts';
import { judgeRedshiftTimeouts } from '../../doctor/server/judge-redshift-timeouts.ts';
import { judgeSlots } from '../../doctor/server/judge-slots.ts';
import { userTimeouts } from '../../doctor/server/user-timeouts.ts';
import type { RunRecord } from '../../session-table/run-record.ts';
import type { SessionTable } from '../../session-table/session-table.ts';
import { isNoSlotLeft } from '../../warehouse/is-no-slot-left.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { takeSnapshot } from '../take-snapshot.ts';
import { attempt } from './attempt.ts';
import { readGrants, readOwnLimits } from './read-redshift-user.ts';
import { type NotLetIn, type SignedIn, signInToRedshift } from './sign-in-to-redshift.ts';

/** AWS page amazon-redshift-limits: the default idle timeout of a cluster, and of a workgroup. */
const PLATFORM_IDLE_SECONDS = { redshift: 4 * 3_600, 'redshift-serverless': 3_600 } as const;

export interface ExaminingWorld {
  readonly runtime: CliRuntime;
  /** What AWS_ENDPOINT_URL says; null: AWS itself. */
  readonly endpoint: string | null;
  /** Null: no deployment could be told, so nothing is read from a session table. */
  readonly table: SessionTable | null;
  /** The newest runs of the target, the newest first. */
  readonly runs: Fact<readonly RunRecord[]>;
}

/** Looks at the server of a Redshift target, all through the Data API, one question after the other: each needs a slot. */
export async function examineRedshift(world: ExaminingWorld, target: DataApiTarget): Promise<readonly Check[]> {
  const { runtime, endpoint } = world;
  const asking = { ...runtime, warehouse: runtime.warehouseOf(target) };
  const answer = await attempt(endpoint, () => signInToRedshift(asking, target.name, runtime.now));
  const signedIn = signedInOf(answer);
  const before = runtime.now();
  const snapshot = mayLook(answer) ? await lookAround(world, target) : unknown('nobody is let in: see connection');
  const after = runtime.now();
  const userInfo = await readOwnLimits({ ...asking, endpoint }, target.name, signedIn);
  const grants = await readGrants({ ...asking, endpoint }, target, signedIn, userInfo);
  const seen = seenOf(snapshot);
  const backends = seen.known ? known(seen.value.backends) : seen;
  const { rules } = target;
  return [
    judgeConnection(signInFact(answer, seen), { target: target.name, remedies: remedies(target) }),
    judgeRedshiftGrants(grants, { endsAnything: rules.some(endsSessions) }),
    judgeCanary(snapshot),
    judgeSlots(backends, { target: target.name, slots: target.slots }),
    judgeRedshiftTimeouts(backends.known ? known(userTimeouts(backends.value)) : backends, {
      rules,
      platformIdleSeconds: PLATFORM_IDLE_SECONDS[target.engine],
    }),
    judgeOwnTimeouts(userInfo.limits, { sessionKeepAlive: runtime.config.runs.sessionKeepAlive }),
    judgeClock(clockFact(seen, before, after, world.runs)),
  ];
}

/** Only the session that the reaper keeps gets in when no slot is left; who is refused otherwise is refused again. */
function mayLook(answer: Fact<SignedIn | NotLetIn>): boolean {
  return answer.known && (!('error' in answer.value) || isNoSlotLeft(answer.value.error));
}

function signedInOf(answer: Fact<SignedIn | NotLetIn>): Fact<SignedIn> {
  if (!answer.known) {
    return answer;
  }
  return 'error' in answer.value ? unknown('nobody is let in: see connection') : known(answer.value);
}

/** The look of a run; a refusal for lack of a right is an answer, too. */
async function lookAround(
  { runtime, endpoint, table }: ExaminingWorld,
  target: DataApiTarget,
): Promise<Fact<Snapshot | { readonly refused: string }>> {
  const asking = { ...runtime, warehouse: runtime.warehouseOf(target) };
  return await attempt(endpoint, async () => {
    try {
      return await takeSnapshot({ ...asking, table: table ?? NO_TABLE }, target);
    } catch (error) {
      if (error instanceof CanaryFailed) {
        return { refused: error.message };
      }
      throw error;
    }
  });
}

/** Where no deployment is known, no kept session is either. */
const NO_TABLE = { readReaperSession: async () => null };

function seenOf(snapshot: Fact<Snapshot | { readonly refused: string }>): Fact<Snapshot> {
  if (!snapshot.known) {
    return snapshot;
  }
  return 'refused' in snapshot.value ? unknown('the session query was refused: see canary') : known(snapshot.value);
}

function signInFact(answer: Fact<SignedIn | NotLetIn>, seen: Fact<Snapshot>): Fact<SignIn> {
  if (!answer.known) {
    return answer;
  }
  if (!('error' in answer.value)) {
    return known({ kind: 'signed-in', ...answer.value });
  }
  const { error } = answer.value;
  return known(
    isNoSlotLeft(error) ? { kind: 'no-slot-left', error, keptSessionAnswered: seen.known } : { kind: 'refused', error },
  );
}

/** By how much our clock is ahead: the server read its own somewhere between the question and the answer. */
function clockFact(
  seen: Fact<Snapshot>,
  before: Date,
  after: Date,
  runs: Fact<readonly RunRecord[]>,
): Fact<ClockFacts> {
  if (!seen.known) {
    return seen;
  }
  const server = microsOf(seen.value.takenAt) / 1000;
  const run = runs.known ? runs.value.find((record) => record.seen !== undefined) : undefined;
  return known({
    here: { least: (before.getTime() - server) / 1000, most: (after.getTime() - server) / 1000 },
    run: run?.seen?.clockDifferenceSeconds ?? null,
  });
}

function remedies(target: DataApiTarget): readonly Mend[] {
  const place =
    target.engine === 'redshift'
      ? [
          `aws redshift describe-clusters --cluster-identifier ${target.cluster} --query Clusters[0].ClusterStatus`,
          `--cluster-identifier ${target.cluster}${target.dbUser === null ? '' : ` --db-user ${quoteWord(target.dbUser)}`}`,
        ]
      : [
          `aws redshift-serverless get-workgroup --workgroup-name ${target.workgroup} --query workgroup.status`,
          `--workgroup-name ${target.workgroup}`,
        ];
  const secret = target.secretArn === null ? '' : ` --secret-arn ${target.secretArn}`;
  return [
    { kind: 'cli', line: place[0] ?? describeTarget(target) },
    {
      kind: 'cli',
      line: `aws redshift-data execute-statement ${place[1]}${secret} --database ${quoteWord(target.database)} --sql 'select 1' --wait-time-seconds 30`,
    },
  ];
}
