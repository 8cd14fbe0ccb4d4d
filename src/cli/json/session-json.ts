import * as z from 'zod';
import { ACTIVITIES } from '../../backends/activity.ts';
import { OWNER_LINKS } from '../../policy/find-owner.ts';

/** A moment: ISO 8601, UTC. */
export const moment = z.string().meta({ description: 'A moment: ISO 8601, UTC.' });
export const count = z.int().min(0);
/** Counts by name. */
export const counts = z.record(z.string(), count);

/** What names a backend, and what is known of its client. Part of several documents. */
export const sessionFields = {
  target: z.string().meta({ description: "The target's name in slotkeeper.yml." }),
  pid: count.meta({ description: 'Process id; an identity only together with startedAt and user.' }),
  startedAt: moment,
  user: z.string(),
  database: z.string(),
  application: z.string(),
  clientHost: z.string(),
};

/** The name of its user, where the server's view cuts it. */
export const wholeUserField = z.string().nullable().meta({
  description:
    'The name of its user where user has it cut and the catalog knows only one that it can be; null: as user.',
});

/** How the session pool stands to a backend. */
export const poolField = <T extends string>(kinds: readonly [T, ...T[]]) =>
  z
    .enum(kinds)
    .nullable()
    .meta({ description: "What the session pool says of it, e.g. idle or orphan; null: it is none of the pool's." });

/** How its owner was found. */
export const ownerByField = z
  .enum(OWNER_LINKS)
  .nullable()
  .meta({ description: 'Which link of the chain named the owner; null: no owner, or recorded without it.' });

/** What a backend was doing when it was looked at. */
export const activityFields = {
  activity: z.enum(ACTIVITIES),
  lastActiveAt: moment,
  idleSeconds: count,
};
