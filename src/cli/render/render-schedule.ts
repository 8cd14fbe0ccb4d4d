import { formatTime } from '../format-time.ts';
import type { ScheduleDocument } from '../json/schedule-document.ts';
import { printable } from '../printable.ts';

type Switched = ScheduleDocument['targets'][number];

/** What became of pausing or resuming, for people: a line per target. */
export function renderSchedule({ targets, stage }: ScheduleDocument, enable: boolean): string {
  return targets.map((one) => printable(lineOf(one, stage, enable))).join('\n');
}

function lineOf({ target, did, changed, running, error }: Switched, stage: string, enable: boolean): string {
  switch (did) {
    case 'paused':
      return `Paused ${target} on stage ${stage}: its schedule starts no runs until slotkeeper resume --target ${target} --stage ${stage}.${
        running === null ? '' : ` Run ${running} is under way and goes on.`
      }`;
    case 'resumed':
      return `Resumed ${target} on stage ${stage}: its schedule starts runs again.`;
    case 'nothing': {
      const who = changed === null ? '' : ` (${changed.did} by ${changed.by} ${formatTime(changed.at)})`;
      return `Nothing to do: ${target} on stage ${stage} is ${enable ? 'not paused' : 'paused already'}${who}.`;
    }
    case 'no-schedule':
      return `Nothing to do: ${target} on stage ${stage} has no schedule, it runs by hand only.`;
    case 'failed':
      return `FAILED for ${target} on stage ${stage}: ${error === null ? 'no error was told' : `${error.name}. ${error.message}`}`;
  }
}
