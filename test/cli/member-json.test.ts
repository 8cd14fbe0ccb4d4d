import { describe, expect, it } from 'vitest';
import { memberJson, toMemberJson } from '../../src/cli/json/member-json.ts';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import type { LifecycleEvent } from '../../src/lifecycle/lifecycle-event.ts';
import type { PlanMember } from '../../src/policy/plan.ts';

const identity = { target: 'local', pid: 812, startedAt: '2026-11-20T14:00:00Z', user: 'bi_reader' };
const member: PlanMember = {
  identity,
  action: 'terminate',
  rule: 'everyone-else',
  code: 'due-termination',
  reasons: [{ clause: 'idle >= terminateAfter', measured: 5520, limit: 3600, held: true }],
  owner: 'bi@example.com',
  endsAt: '2026-11-20T15:00:00.000Z',
  database: 'dev',
  application: 'Tableau',
  clientHost: '10.0.0.7',
  activity: 'idle',
  lastActiveAt: '2026-11-20T14:01:00.000000Z',
  idleSeconds: 5520,
  noticeId: null,
};

function event(type: LifecycleEvent['type'], at: string, by: string, outcome?: string): LifecycleEvent {
  return { at, type, by, detail: outcome === undefined ? {} : { outcome } };
}

function record(events: LifecycleEvent[], lastActiveAt = member.lastActiveAt): BackendRecord {
  return {
    identity,
    state: 'warned',
    version: events.length,
    database: 'dev',
    application: 'Tableau',
    clientHost: '10.0.0.7',
    lastActiveAt,
    rule: 'everyone-else',
    owner: 'bi@example.com',
    receipt: null,
    endsAt: null,
    claim: null,
    outcome: null,
    events,
    eventsDropped: 0,
    updatedAt: '2026-11-20T15:40:00.000Z',
  };
}

const warned = event('warned', '2026-11-20T14:40:00.000Z', 'run:one');
const claimed = event('termination-claimed', '2026-11-20T15:33:00.000Z', 'run:two');
const gone = event('terminated', '2026-11-20T15:33:05.000Z', 'run:two', 'gone');

describe('toMemberJson', () => {
  it('tells when the owner was warned and what this run saw afterwards', () => {
    const json = toMemberJson(member, record([warned, claimed, gone]), 'two');
    expect(memberJson.parse(json)).toMatchObject({
      pid: 812,
      user: 'bi_reader',
      warnedAt: '2026-11-20T14:40:00.000Z',
      outcome: 'gone',
    });
  });

  it('gives no run the outcome of another', () => {
    expect(toMemberJson(member, record([warned, claimed, gone]), 'one')).toMatchObject({ outcome: null });
  });

  it('still knows the warning of one that was busy again when it was to be ended', () => {
    const busy = event('recovered', '2026-11-20T15:33:05.000Z', 'run:two', 'busy-again');
    expect(toMemberJson(member, record([warned, claimed, busy], 'later'), 'two')).toMatchObject({
      warnedAt: '2026-11-20T14:40:00.000Z',
      outcome: 'busy-again',
    });
  });

  it('does not count a warning from before a recovery', () => {
    const recovered = event('recovered', '2026-11-20T15:00:00.000Z', 'run:two');
    expect(toMemberJson(member, record([warned, recovered]), 'two').warnedAt).toBeNull();
  });

  it('knows nothing of a backend without a record, or of one in another idle spell', () => {
    expect(toMemberJson(member, null, 'two')).toMatchObject({ warnedAt: null, outcome: null });
    expect(toMemberJson(member, record([warned], 'later'), 'two').warnedAt).toBeNull();
    expect(toMemberJson(member, record([warned]), 'two').warnedAt).toBe('2026-11-20T14:40:00.000Z');
  });
});
