import { formatDuration } from '../../notices/format-duration.ts';
import type { Check, Mend } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

/** How an ordinary sign-in went. */
export type SignIn =
  | {
      readonly kind: 'signed-in';
      readonly user: string;
      readonly database: string;
      readonly version: string;
      /** From the submission to its end was seen. */
      readonly milliseconds: number;
    }
  | { readonly kind: 'no-slot-left'; readonly error: string; readonly keptSessionAnswered: boolean }
  | { readonly kind: 'refused'; readonly error: string };

export interface ConnectionContext {
  /** As `slotkeeper run --target` takes it. */
  readonly target: string;
  /** What to try where it was refused. */
  readonly remedies: readonly Mend[];
}

/** Whether the target lets Slotkeeper in, as an ordinary session. */
export function judgeConnection(fact: Fact<SignIn>, { target, remedies }: ConnectionContext): Check {
  return checkFact(
    {
      name: 'connection',
      question: 'Does the target let Slotkeeper in?',
      expected: 'a new session that answers',
      source: 'AWS page data-api (Amazon Redshift management guide)',
    },
    fact,
    (signIn) => {
      switch (signIn.kind) {
        case 'signed-in':
          return {
            verdict: 'ok',
            found: `signed in as ${signIn.user} to database ${signIn.database}, ${signIn.version}, in ${inSeconds(signIn.milliseconds)}`,
          };
        case 'no-slot-left':
          return {
            verdict: 'problem',
            found: signIn.keptSessionAnswered
              ? `no slot is left for a new session; the session that the reaper keeps for itself answers, so runs get in (${signIn.error})`
              : `no slot is left for a new session, and the reaper keeps none that answers here (${signIn.error})`,
            mend: [
              { kind: 'cli', line: `slotkeeper run --target ${target} --dry-run` },
              { kind: 'cli', line: `slotkeeper run --target ${target} --wait` },
            ],
          };
        case 'refused':
          return { verdict: 'problem', found: signIn.error, mend: remedies };
      }
    },
  );
}

function inSeconds(milliseconds: number): string {
  return milliseconds < 10_000 ? `${(milliseconds / 1000).toFixed(1)} s` : formatDuration(milliseconds / 1000);
}
