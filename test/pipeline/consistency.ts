import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { stateAfter } from '../../src/lifecycle/state-after.ts';
import { domainEventsOf } from '../../src/reaper/domain-events.ts';
import { MINUTE, type Pipeline, TARGET } from './pipeline.ts';

const GRACE_MS = 15 * MINUTE;

/** What must be so at any time, whatever has crashed before: in the table, and on the event bus. */
export async function expectConsistent({ table, cloud }: Pipeline): Promise<void> {
  const records = (await table.listBackends({ target: TARGET, limit: 1000 })).items;
  for (const record of records) {
    // No state without its event, no event without its state.
    expect(record.state).toBe(stateAfter(record.events.at(-1)?.type ?? 'gone'));
    expect(record.version).toBe(record.events.length + record.eventsDropped);
    for (const [index, event] of record.events.entries()) {
      if (event.type === 'termination-claimed') {
        const warned = record.events.slice(0, index).findLast(({ type }) => type === 'warned');
        expect(Date.parse(event.at) - Date.parse(warned?.at ?? event.at)).toBeGreaterThanOrEqual(GRACE_MS);
      }
    }
  }
  // What the bus was told is on record, as the same fact.
  const onRecord = new Map(
    records.flatMap((record) =>
      [...new Set(record.events.map(({ by }) => by))]
        .flatMap((by) => domainEventsOf(record, by))
        .map(({ id, type }) => [id, type] as const),
    ),
  );
  for (const event of cloud.events.events) {
    if (event['detail-type'].startsWith('Backend ')) {
      expect(onRecord.get(String(event.detail['id']))).toBe(event['detail-type']);
    }
  }
}

/** No run is on record as running, and the target's lock is nobody's. */
export async function expectAtRest({ table, aws, cloud }: Pipeline): Promise<void> {
  const runs = (await table.listRuns({ target: TARGET, limit: 1000 })).items;
  expect(runs.filter(({ state }) => state === 'running')).toEqual([]);
  expect(runs.filter(({ state, finishedAt }) => state !== 'running' && finishedAt === null)).toEqual([]);
  const Key = { pk: { S: `TARGET#${TARGET}` }, sk: { S: 'LOCK' } };
  const { Item } = await aws.dynamodb.send(new GetItemCommand({ TableName: cloud.table, Key, ConsistentRead: true }));
  expect(Item).toBeUndefined();
}
