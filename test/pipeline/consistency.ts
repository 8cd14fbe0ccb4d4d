import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { BusEvent } from '../../local/event-bridge/bus-event.ts';
import { stateAfter } from '../../src/lifecycle/state-after.ts';
import { domainEventsOf } from '../../src/reaper/domain-events.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { TARGET } from './pipeline.ts';

/**
 * What must be so of every backend in the table at any time, whatever has crashed: no state without its event, no event
 * without its state, no claim before its grace was over.
 */
export async function expectConsistent(table: SessionTable, graceMs: number): Promise<void> {
  for (const record of await allBackends(table)) {
    expect(record.state).toBe(stateAfter(record.events.at(-1)?.type ?? 'gone'));
    expect(record.version).toBe(record.events.length + record.eventsDropped);
    for (const [index, event] of record.events.entries()) {
      if (event.type === 'termination-claimed') {
        const warned = record.events.slice(0, index).findLast(({ type }) => type === 'warned');
        expect(Date.parse(event.at) - Date.parse(warned?.at ?? '')).toBeGreaterThanOrEqual(graceMs);
      }
    }
  }
}

/** Whatever the event bus was told of a backend is on record, as the same fact. */
export async function expectOnRecord(table: SessionTable, events: readonly BusEvent[]): Promise<void> {
  const facts = new Map(
    (await allBackends(table)).flatMap((record) =>
      [...new Set(record.events.map(({ by }) => by))]
        .flatMap((by) => domainEventsOf(record, by))
        .map(({ id, type }) => [id, type] as const),
    ),
  );
  for (const event of events) {
    if (event['detail-type'].startsWith('Backend ')) {
      expect(facts.get(String(event.detail['id']))).toBe(event['detail-type']);
    }
  }
}

/** No run is on record as running, and the target's lock is nobody's. */
export async function expectAtRest(
  table: SessionTable,
  dynamodb: DynamoDBClient,
  TableName: string,
  target = TARGET,
): Promise<void> {
  const runs = (await table.listRuns({ target, limit: 1000 })).items;
  expect(runs.filter(({ state, finishedAt }) => state === 'running' || finishedAt === null)).toEqual([]);
  const Key = { pk: { S: `TARGET#${target}` }, sk: { S: 'LOCK' } };
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  expect(Item).toBeUndefined();
}

async function allBackends(table: SessionTable) {
  return (await table.listBackends({ target: TARGET, limit: 1000 })).items;
}
