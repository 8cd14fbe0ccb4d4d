import * as z from 'zod';
import { END_REASONS, LEASE_USES, POOLED_SESSION_STATES, type PooledSessionRecord } from '../pool/pooled-session.ts';
import { POOLED_SESSION_EVENT_TYPES } from '../pool/pooled-session-event.ts';
import type { TargetSlot, WaitingRecord } from '../pool/session-pool-table.ts';

const count = z.int().min(0);
const text = z.string();
const optionalText = z.string().nullable();
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const pooledSessionShape: z.ZodType<PooledSessionRecord> = z.strictObject({
  key: z.strictObject({ tenant: text, target: text, database: text, dbUser: text }),
  slot: count,
  id: text,
  state: z.enum(POOLED_SESSION_STATES),
  version: z.int().min(1),
  sessionId: optionalText,
  pid: count.nullable(),
  backendStartedAt: optionalText,
  lease: z
    .strictObject({ holder: text, fence: count, until: text, use: z.enum(LEASE_USES), retireAfter: z.boolean() })
    .nullable(),
  fence: count,
  statementId: optionalText,
  createdAt: text,
  aliveUntil: text,
  hardEndsAt: text,
  keepAliveSeconds: count,
  targetSlot: count.nullable(),
  uses: count,
  endReason: z.enum(END_REASONS).nullable(),
  events: z.array(
    z.strictObject({
      at: text,
      type: z.enum(POOLED_SESSION_EVENT_TYPES),
      session: text,
      by: text,
      detail: z.record(text, scalar),
    }),
  ),
  eventsDropped: count,
  updatedAt: text,
});

export const waitingShape: z.ZodType<WaitingRecord> = z.strictObject({ holder: text, until: text });

export const targetSlotShape: z.ZodType<TargetSlot> = z.strictObject({
  target: text,
  number: count,
  holder: text,
  until: text,
});
