import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backends/backend.ts';
import { decideOutcome } from '../../src/reaper/decide-outcome.ts';
import { effectOn } from '../../src/reaper/effect-on.ts';
import { isPermissionDenied } from '../../src/reaper/is-permission-denied.ts';
import { warnedDashboard } from '../support/example-records.ts';

const record = warnedDashboard({ state: 'terminating', claim: { runId: 'run-1', at: '2026-11-20T15:30:05.000Z' } });

function seen(changes: Partial<Backend> = {}): Backend {
  return {
    identity: record.identity,
    database: 'dev',
    application: 'Tableau',
    clientHost: '',
    activity: 'idle',
    lastActiveAt: record.lastActiveAt,
    idleSeconds: 5600,
    own: false,
    system: false,
    superuser: false,
    serverTimeoutSeconds: 0,
    tempTables: false,
    evidence: { confidence: 'high', sources: ['STV_SESSIONS'] },
    ...changes,
  };
}

const running = seen({ activity: 'running' });
const used = seen({ lastActiveAt: '2026-11-20T13:58:02.123457Z' });
const unknown = seen({ activity: 'unknown', lastActiveAt: '2026-11-20T15:29:00Z' });

describe('the outcome of an end', () => {
  it.each([
    ['signalled and not there', undefined, true, false, false, 'gone'],
    ['not signalled and not there', undefined, false, false, false, 'already-gone'],
    ['not there after a statement of which nobody knows whom it signalled', undefined, null, false, false, 'gone'],
    ['not there although the statement was denied', undefined, null, true, true, 'gone'],
    ['running and never signalled', running, false, false, false, 'busy-again'],
    ['used since, by a microsecond, and never signalled', used, false, false, false, 'busy-again'],
    ['used since, perhaps signalled', used, null, false, false, 'busy-again'],
    ['signalled and still running: it may be dying', running, true, false, false, 'pending'],
    ['signalled and still running at the last look', running, true, false, true, 'busy-again'],
    ['idle as before', seen(), true, false, false, 'pending'],
    ['idle as before at the last look', seen(), true, false, true, 'still-there'],
    ['idle as before after a refusal', seen(), null, true, false, 'denied'],
    ['busy after a refusal', running, null, true, false, 'busy-again'],
    ['of unknown activity', unknown, false, false, false, 'pending'],
    ['of unknown activity at the last look', unknown, false, false, true, 'still-there'],
  ] as const)('%s is decided', (_, backend, signalled, denied, lastRound, outcome) => {
    expect(decideOutcome({ record, seen: backend, signalled, denied, lastRound })).toBe(outcome);
  });
});

describe('what a statement did that the server refused as a whole', () => {
  const refused = { status: 'FAILED', signalled: null, denied: true } as const;
  const own = seen({ own: true, identity: { ...record.identity, pid: 9, user: 'reaper' } });
  const look = (mayEndOthers: boolean) => ({
    target: 'prod',
    takenAt: '2026-11-20T15:30:07.000Z',
    canary: { seesEveryone: true, mayEndOthers, ownPid: 9, ownSessionSeen: true },
    backends: [own, seen()],
  });
  const ofOwnUser = { ...record.identity, pid: 10, user: 'reaper' };

  it('is a refusal, and surely no signal, for a session of another user than one who may end its own only', () => {
    expect(effectOn(record.identity, refused, look(false), false)).toEqual({ signalled: false, denied: true });
  });

  it("is no refusal yet for a session of that user's own, until the last round asked for those alone", () => {
    expect(effectOn(ofOwnUser, refused, look(false), false)).toEqual({ signalled: null, denied: false });
    expect(effectOn(ofOwnUser, refused, look(false), true)).toEqual({ signalled: null, denied: true });
  });

  it('is a refusal for everyone, some perhaps signalled before, where the user may end others', () => {
    expect(effectOn(record.identity, refused, look(true), false)).toEqual({ signalled: null, denied: true });
  });
});

describe('a refusal of the server', () => {
  it.each([
    'ERROR: permission denied to terminate process',
    'ERROR: must be superuser to terminate superuser process',
    'ERROR: insufficient privileges [SQL State=42501]',
  ])('is told by %j', (message) => {
    expect(isPermissionDenied(message)).toBe(true);
  });

  it.each(['ERROR: out of memory', 'ERROR: Query (142501) cancelled on user’s request', ''])(
    'is not told by %j',
    (message) => {
      expect(isPermissionDenied(message)).toBe(false);
    },
  );
});
