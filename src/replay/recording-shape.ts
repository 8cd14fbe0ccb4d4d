import * as z from 'zod';
import { ACTIVITIES } from '../backends/activity.ts';
import type { Backend } from '../backends/backend.ts';
import { CONFIDENCES } from '../backends/evidence.ts';
import { PURPOSES } from '../backends/purpose.ts';
import { backendShape, endableStanding } from '../session-table/stored-shapes.ts';
import type { Recording } from './recording.ts';

const text = z.string();
const count = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits');
/** As Slotkeeper's clock writes them. */
const clockTime = z.iso.datetime();
/** As servers write them: up to microseconds. */
const serverTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$/, 'expected ISO 8601, UTC');

const identity = z.strictObject({ target: text, pid: count, startedAt: serverTime, user: text });

const backend: z.ZodType<Backend> = z.strictObject({
  identity,
  wholeUser: text.exactOptional(),
  database: text,
  application: text,
  clientHost: text,
  activity: z.enum(ACTIVITIES),
  lastActiveAt: serverTime,
  idleSeconds: z.number().min(0),
  own: z.boolean(),
  system: z.boolean(),
  superuser: z.boolean(),
  serverTimeoutSeconds: count,
  tempTables: z.boolean(),
  evidence: z.strictObject({
    confidence: z.enum(CONFIDENCES),
    sources: z.array(text),
    doubt: text.exactOptional(),
  }),
  blocks: count.exactOptional(),
  purpose: z.enum(PURPOSES).exactOptional(),
  mayEnd: z.boolean().exactOptional(),
});

const standing = z.union([endableStanding, z.strictObject({ kind: z.enum(['leased', 'unclear']) })]);

/** The members of a {@link Recording}, as they are stored and written. */
export const recordingMembers = {
  target: text.min(1),
  now: clockTime,
  policyHash: hash,
  planHash: hash.nullable(),
  acts: z.boolean(),
  snapshot: z.strictObject({
    target: text.min(1),
    takenAt: serverTime,
    canary: z.strictObject({
      seesEveryone: z.boolean(),
      mayEndOthers: z.boolean(),
      ownPid: count,
      ownSessionSeen: z.boolean(),
    }),
    backends: z.array(backend),
  }),
  records: z.array(backendShape),
  standings: z.array(z.strictObject({ identity, standing })),
  snoozesUsed: z.array(z.strictObject({ identity, count })).exactOptional(),
  holds: z
    .array(
      z.strictObject({
        client: z.strictObject({ user: text, application: text, clientHost: text }),
        reconnects: count,
        limit: count,
        until: clockTime,
      }),
    )
    .exactOptional(),
};

/** Reads a {@link Recording} that comes from outside. */
export const recordingShape: z.ZodType<Recording> = z.strictObject(recordingMembers);
