import type { BackendIdentity } from '../backends/backend-identity.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { Snooze } from '../lifecycle/snooze.ts';
import { withOwnerTag } from '../policy/owner-tag.ts';
import type { PoolStanding } from '../policy/pool-standing.ts';
import type { HashedNames } from './hashed-names.ts';
import { inHashedNames } from './in-hashed-names.ts';
import { noteFits } from './note-fits.ts';
import { hashPolicy, type Policy } from './policy.ts';
import type { Recording } from './recording.ts';
import { replayPolicy } from './replay-policy.ts';

/** What is hashed: names that tell people, machines and customers. */
export type NameKind = 'user' | 'host' | 'owner' | 'tenant';

/** Equal names give equal hashes of equal length, without wildcards; nobody gets from a hash to its name. */
export type HashName = (kind: NameKind, name: string) => string;

/**
 * The recording with every user, client host, owner and tenant replaced by a hash. Which of the policy's patterns each
 * fits is noted, since a hash fits none; so the policy's patterns stay readable, names among them included.
 *
 * The plan has other names now, and so another hash. It is that of the same plan if the policy given is the one that
 * decided; else it is not known.
 */
export function hashNames(
  recording: Recording,
  policy: Policy,
  hash: HashName,
): { recording: Recording; names: HashedNames } {
  const { backends } = recording.snapshot;
  const names = noteFits(backends, policy, hash);
  const identity = (of: BackendIdentity) => ({ ...of, user: hash('user', of.user) });
  const hashed: Recording = {
    ...recording,
    planHash: null,
    snapshot: {
      ...recording.snapshot,
      backends: backends.map((backend) => ({
        ...backend,
        identity: identity(backend.identity),
        ...(backend.wholeUser === undefined ? {} : { wholeUser: hash('user', backend.wholeUser) }),
        application: withOwnerTag(backend.application, (owner) => hash('owner', owner)),
        clientHost: hash('host', backend.clientHost),
      })),
    },
    records: recording.records.map((record) => hashRecord(record, hash)),
    ...(recording.holds === undefined
      ? {}
      : {
          holds: recording.holds.map((hold) => ({
            ...hold,
            client: {
              ...hold.client,
              user: hash('user', hold.client.user),
              application: withOwnerTag(hold.client.application, (owner) => hash('owner', owner)),
              clientHost: hash('host', hold.client.clientHost),
            },
          })),
        }),
    ...(recording.snoozesUsed === undefined
      ? {}
      : {
          snoozesUsed: recording.snoozesUsed.map(({ identity: of, count }) => ({ identity: identity(of), count })),
        }),
    standings: recording.standings.map((entry) => ({
      identity: identity(entry.identity),
      standing: hashStanding(entry.standing, hash),
    })),
  };
  if (recording.policyHash !== hashPolicy(policy)) {
    return { recording: hashed, names };
  }
  const [step] = replayPolicy([{ recording: hashed, policy: inHashedNames(policy, names, 'this recording') }]).steps;
  return { recording: { ...hashed, planHash: step?.plan.hash ?? null }, names };
}

function hashRecord(record: BackendRecord, hash: HashName): BackendRecord {
  const owner = record.owner === null ? null : hash('owner', record.owner);
  const { receipt, snooze } = record;
  return {
    ...record,
    identity: { ...record.identity, user: hash('user', record.identity.user) },
    application: withOwnerTag(record.application, (name) => hash('owner', name)),
    clientHost: hash('host', record.clientHost),
    owner,
    ...(snooze === undefined ? {} : { snooze: hashSnooze(snooze, hash) }),
    receipt: receipt === null ? null : { ...receipt, owner: hash('owner', receipt.owner) },
  };
}

function hashSnooze(snooze: Snooze, hash: HashName): Snooze {
  const { by, endedBy } = snooze;
  return {
    ...snooze,
    by: hashActor(by, hash),
    ...(endedBy === undefined ? {} : { endedBy: hashActor(endedBy, hash) }),
  };
}

/** `link:<owner>`, `sql:<user>` or `cli:<user>`: how it was done stays readable, and equal names stay equal. */
function hashActor(actor: string, hash: HashName): string {
  const [, way = '', name = ''] = /^(\w+:)?(.*)$/s.exec(actor) ?? [];
  return `${way}${hash(way === 'link:' ? 'owner' : 'user', name)}`;
}

function hashStanding(standing: PoolStanding, hash: HashName): PoolStanding {
  if (standing.kind !== 'idle' && standing.kind !== 'draining') {
    return standing;
  }
  const { session } = standing;
  return {
    ...standing,
    session: { ...session, tenant: hash('tenant', session.tenant), dbUser: hash('user', session.dbUser) },
  };
}
