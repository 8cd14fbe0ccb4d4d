import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventBridgePublisher } from '../../src/messaging/event-bridge-publisher.ts';
import type { DomainEvent } from '../../src/messaging/event-publisher.ts';
import { type AwsJsonServer, startAwsJsonServer, type WireAnswer, wireError } from '../support/aws-json-server.ts';

let server: AwsJsonServer;
let client: EventBridgeClient;

beforeAll(async () => {
  server = await startAwsJsonServer();
  client = new EventBridgeClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

function publisher(waits: number[] = []) {
  return createEventBridgePublisher({
    client,
    busName: 'default',
    source: 'slotkeeper',
    wait: async (ms) => waits.push(ms),
  });
}

function warned(n: number, more: Record<string, unknown> = {}): DomainEvent {
  return {
    type: 'Backend Warned',
    id: `run-1/${n}`,
    at: '2026-11-20T15:00:04.250Z',
    detail: { target: 'analytics', pid: 1000 + n, ...more },
  };
}

function taken(count: number): WireAnswer {
  return { body: { FailedEntryCount: 0, Entries: Array.from({ length: count }, (_, n) => ({ EventId: `e-${n}` })) } };
}

/** Ids of the events of each request. */
function idsSent(): string[][] {
  return server.requests.map(({ body }) =>
    (body['Entries'] as { Detail: string }[]).map((entry) => JSON.parse(entry.Detail).id),
  );
}

describe('createEventBridgePublisher', () => {
  it('puts an event on the bus with source, type, time, and its own id in the detail', async () => {
    server.answerWith(taken(1));
    expect(await publisher().publish([warned(1)])).toEqual({ failed: 0, reasons: {} });
    expect(server.requests).toEqual([
      {
        operation: 'PutEvents',
        body: {
          Entries: [
            {
              EventBusName: 'default',
              Source: 'slotkeeper',
              DetailType: 'Backend Warned',
              Time: 1795186804.25,
              Detail: '{"target":"analytics","pid":1001,"id":"run-1/1"}',
            },
          ],
        },
      },
    ]);
  });

  it('asks nothing of the bus when there are no events', async () => {
    server.answerWith();
    expect(await publisher().publish([])).toEqual({ failed: 0, reasons: {} });
    expect(server.requests).toEqual([]);
  });

  it('sends at most 10 entries a request, in order', async () => {
    server.answerWith(taken(10), taken(10), taken(3));
    const events = Array.from({ length: 23 }, (_, n) => warned(n));
    expect(await publisher().publish(events)).toMatchObject({ failed: 0 });
    expect(idsSent().map((ids) => ids.length)).toEqual([10, 10, 3]);
    expect(idsSent().flat()).toEqual(events.map((event) => event.id));
  });

  it('sends at most 256 KB a request, counted in UTF-8', async () => {
    server.answerWith(taken(2), taken(1));
    await publisher().publish([0, 1, 2].map((n) => warned(n, { note: 'ü'.repeat(50 * 1024) })));
    expect(idsSent()).toEqual([['run-1/0', 'run-1/1'], ['run-1/2']]);
  });

  it('counts an entry that is too large alone as failed and sends the others', async () => {
    server.answerWith(taken(2));
    const events = [warned(0), warned(1, { note: 'x'.repeat(256 * 1024) }), warned(2)];
    expect(await publisher().publish(events)).toEqual({ failed: 1, reasons: { EntryTooLarge: 1 } });
    expect(idsSent()).toEqual([['run-1/0', 'run-1/2']]);
  });

  it('tries the entries that the bus did not take again, and only those, after a growing wait', async () => {
    const refused = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
    server.answerWith(
      { body: { FailedEntryCount: 2, Entries: [refused, { EventId: 'e-1' }, refused] } },
      { body: { FailedEntryCount: 1, Entries: [{ EventId: 'e-0' }, refused] } },
      taken(1),
    );
    const waits: number[] = [];
    expect(await publisher(waits).publish([0, 1, 2].map((n) => warned(n)))).toEqual({ failed: 0, reasons: {} });
    expect(idsSent()).toEqual([['run-1/0', 'run-1/1', 'run-1/2'], ['run-1/0', 'run-1/2'], ['run-1/2']]);
    expect(waits).toEqual([100, 200]);
  });

  it('counts what the bus did not take in four tries, with the reason', async () => {
    const refused = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'x' }] };
    server.answerWith(...Array(4).fill({ body: refused }), taken(1));
    const waits: number[] = [];
    expect(await publisher(waits).publish([warned(0)])).toEqual({ failed: 1, reasons: { InternalFailure: 1 } });
    expect(server.requests).toHaveLength(4);
    expect(waits).toEqual([100, 200, 400]);
  });

  it('counts a refused request as so many failed events and goes on with the next batch', async () => {
    const denied = wireError('AccessDeniedException', 'not authorized to perform: events:PutEvents');
    server.answerWith(denied, denied, denied, denied, taken(2));
    const events = Array.from({ length: 12 }, (_, n) => warned(n));
    expect(await publisher().publish(events)).toEqual({ failed: 10, reasons: { AccessDeniedException: 10 } });
    expect(idsSent().at(-1)).toEqual(['run-1/10', 'run-1/11']);
  });
});
