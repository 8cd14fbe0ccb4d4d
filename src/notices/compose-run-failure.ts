import { REFUSALS_BEFORE_ACTING, RUN_REFUSALS } from '../policy/refusals.ts';
import { formatMoment } from './format-moment.ts';
import type { NoticeText } from './notice-text.ts';
import { oneLine, toAttribute, toSubject } from './printable.ts';

/** A run that ended without having done its work. */
export interface RunFailureInput {
  /** null: the run's input named no known target. */
  readonly target: string | null;
  readonly runId: string;
  /** Name of the error, e.g. `CapExceeded`. */
  readonly error: string;
  /** Its message. */
  readonly cause: string;
  /** Slotkeeper's clock. */
  readonly now: Date;
}

/** An SNS message has at most 256 KiB (AWS page API_Publish); a cause of this many characters is below in any script. */
const CAUSE_CHARACTERS = 60_000;

/** Writes the message by which operators learn that a run failed, or refused to act, and why. */
export function composeRunFailure({ target, runId, error, cause, now }: RunFailureInput): NoticeText {
  const refused = RUN_REFUSALS.includes(error);
  const where = target ?? 'an unknown target';
  const what = refused ? 'refused to act' : 'failed';
  const body = [
    `The run ${oneLine(runId)} for ${oneLine(where)} ${what} at ${formatMoment(now.toISOString())} UTC.`,
    '',
    `Error: ${oneLine(error)}`,
    shorten(cause),
    '',
    REFUSALS_BEFORE_ACTING.includes(error)
      ? 'No session was ended or warned by this run. The next run on the schedule decides anew.'
      : 'What it had done before is on record, and its lock is given back. The next run on the schedule decides anew.',
    `To see what it did: slotkeeper history ${oneLine(runId)}`,
    '',
  ].join('\n');
  return {
    subject: toSubject(`Slotkeeper: run for ${where} ${what} (${error})`),
    body,
    attributes: { target: toAttribute(target ?? 'unknown'), action: refused ? 'refused' : 'run-failed' },
  };
}

/** Lines stay lines: a database's message may have several. Other control characters go. */
function shorten(cause: string): string {
  const text = cause.split(/\r?\n/).map(oneLine).join('\n');
  const characters = [...text];
  return characters.length > CAUSE_CHARACTERS ? `${characters.slice(0, CAUSE_CHARACTERS).join('')}…` : text;
}
