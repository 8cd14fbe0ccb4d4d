import { formatDuration } from '../notices/format-duration.ts';
import { formatMoment } from '../notices/format-moment.ts';
import { oneLine } from '../notices/printable.ts';
import type { SnoozeClaim } from './snooze-claim.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names on the page come from database clients. */
function escaped(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

/** Asks whether to keep the session. Only the button does anything: mail programs open links by themselves. */
export function confirmationPage(claim: SnoozeClaim, seconds: number): string {
  return page('Keep this session?', [
    ...describe(claim),
    `<form method="post"><button type="submit">Keep it for ${formatDuration(seconds)}</button></form>`,
  ]);
}

/** Says until when it is kept. */
export function keptPage(
  claim: SnoozeClaim,
  { until, extended, left }: { until: string | null; extended: boolean; left: number },
): string {
  const end = until === null ? 'Its rule never ends it.' : `It is kept until ${formatMoment(until)} UTC.`;
  return page('Kept', [
    ...describe(claim),
    `<p><strong>${escaped(end)}</strong></p>`,
    `<p>${extended ? 'Afterwards it is ended unless it was used.' : 'That was so already: nothing was changed.'} ` +
      `${left} more ${left === 1 ? 'snooze' : 'snoozes'} of its owner today.</p>`,
  ]);
}

/** Says in a sentence why nothing was done. */
export function refusalPage(message: string): string {
  return page('Nothing was changed', [`<p>${escaped(message)}</p>`]);
}

function describe({ identity }: SnoozeClaim): string[] {
  const { target, pid, startedAt, user } = identity;
  return [
    `<p>Session ${pid} of ${escaped(user)} on ${escaped(target)}, started ${escaped(formatMoment(startedAt))} UTC.</p>`,
  ];
}

function page(title: string, lines: readonly string[]): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<title>Slotkeeper: ${escaped(title)}</title></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    ...lines,
    '</body></html>',
    '',
  ].join('\n');
}
