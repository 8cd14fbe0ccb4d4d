import { formatTime } from '../format-time.ts';

/** A backend as people read it: its pid and its start, since a pid alone names nobody. */
export function backendLabel({ pid, startedAt }: { readonly pid: number; readonly startedAt: string }): string {
  return `${pid}@${formatTime(startedAt)}`;
}
