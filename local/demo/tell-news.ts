import type { BackendNews } from './lifecycle-watch.ts';

/** One line for the timeline about what happened to a number of backends of one user at once. */
export function tellNews(news: readonly BackendNews[]): readonly string[] {
  const groups = Map.groupBy(news, ({ record, event }) =>
    JSON.stringify([event.type, record.identity.user, record.rule, event.detail['outcome'] ?? null]),
  );
  return [...groups.values()].map((group) => {
    const [{ record, event } = { record: undefined, event: undefined }] = group;
    if (record === undefined) {
      return '';
    }
    const outcome = event.detail['outcome'];
    const verb = event.type === 'terminated' && outcome !== undefined ? `terminated, seen: ${outcome}` : event.type;
    const who = `${String(group.length).padStart(3)} × ${record.identity.user} (${record.application})`;
    return `${who.padEnd(38)} ${verb} — rule ${record.rule}`;
  });
}
