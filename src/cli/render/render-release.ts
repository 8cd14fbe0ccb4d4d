import { formatTime } from '../format-time.ts';
import type { ReleaseDocument } from '../json/release-document.ts';
import { printable } from '../printable.ts';
import { nameOf } from './render-thrashing.ts';

/** What became of a release, for people. */
export function renderRelease({ did, client, target, at }: ReleaseDocument): string {
  const who = printable(nameOf(client));
  if (did === 'released') {
    return (
      `Released ${who} on ${target} at ${formatTime(at)}: its sessions are ended again from the next run on. ` +
      'What it did until now does not count any more.'
    );
  }
  const since = client.released === null ? client.until : client.released.at;
  return `Nothing to do: ${who} on ${target} has not been held since ${formatTime(since)}.`;
}
