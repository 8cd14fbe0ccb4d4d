import { formatTime } from '../format-time.ts';
import type { StatusDocument } from '../json/status-document.ts';

/** A stage and how its stack is, in one line. */
export function stackFact({ stage, region, stack }: Pick<StatusDocument, 'stage' | 'region' | 'stack'>): string {
  const place = region === null ? stage : `${stage} in ${region}`;
  if (stack === null) {
    return place;
  }
  const deployed = stack.changedAt === null ? '' : `, deployed ${formatTime(stack.changedAt)}`;
  return `${place}, stack ${stack.name} ${stack.status}${deployed}`;
}
