import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { SnoozeRefusal } from '../../lifecycle/snooze-backend.ts';
import { formatDuration } from '../../notices/format-duration.ts';
import { formatMoment } from '../../notices/format-moment.ts';

/** Somebody asked to keep a session and may not, or there is nothing to keep. Nothing was changed. */
export class SnoozeRefused extends SlotkeeperError {}

/** `notices.snooze.max` is 0s. */
export class SnoozeOff extends SnoozeRefused {
  constructor() {
    super(
      'SnoozeOff',
      'Snoozing is switched off here (notices.snooze.max is 0s). Run any statement in the session to keep it.',
    );
  }
}

/** Asked for longer than `notices.snooze.max`. */
export class SnoozeTooLong extends SnoozeRefused {
  /** @param asked seconds; `max`: seconds */
  constructor(asked: number, max: number) {
    super(
      'SnoozeTooLong',
      `Expected to keep a session for at most ${formatDuration(max)} (notices.snooze.max), got ${formatDuration(asked)}. Ask for less; it can be extended later.`,
    );
  }
}

/** The owner has had all snoozes of the day. */
export class SnoozeLimitReached extends SnoozeRefused {
  /** @param day of UTC, `2026-11-20` */
  constructor(owner: string, limit: number, day: string) {
    super(
      'SnoozeLimitReached',
      `Expected at most ${limit} snoozes of ${owner} a day (notices.snooze.perOwnerPerDay); on ${day} (UTC) all of them are used. Run any statement in the session to keep it, or ask again tomorrow.`,
    );
  }
}

/** The session is not there any more, or on its way out. */
export class BackendGone extends SnoozeRefused {}

/** Nobody means to end the session now: it was used since its owner was told, or never warned. */
export class NothingToSnooze extends SnoozeRefused {}

/** The error that says in words why a backend cannot be snoozed. */
export function refusalError(pid: number, refusal: SnoozeRefusal): SnoozeRefused {
  switch (refusal) {
    case 'ended':
      return new BackendGone('BackendGone', `Session ${pid} has ended. There is nothing to keep; connect again.`);
    case 'end-claimed':
      return new BackendGone('BackendGone', `The end of session ${pid} is under way; it cannot be kept any more.`);
    case 'used-since':
      return new NothingToSnooze(
        'NothingToSnooze',
        `Session ${pid} has been used since its owner was told: its idle time has begun anew, and nothing will be ended before another warning.`,
      );
    case 'not-recorded':
      return new NothingToSnooze(
        'NothingToSnooze',
        `Session ${pid} is not on record: nobody has been warned of its end, so there is nothing to snooze.`,
      );
  }
}

/** Nobody has snoozed it, or the snooze is over. */
export function notSnoozed(pid: number, endsAt: string | null): NothingToSnooze {
  const end = endsAt === null ? '' : ` It may be ended from ${formatMoment(endsAt)} UTC on.`;
  return new NothingToSnooze(
    'NothingToSnooze',
    `Session ${pid} is not snoozed now; there is nothing to take back.${end}`,
  );
}
