import * as z from 'zod';

/** Names a stored plan that a run is to act on: its hash, and the dry run that stored it. */
export const appliedPlanShape = z.strictObject({
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'expected the 64 hex digits of a plan'),
  runId: z.string().min(1),
});

export type AppliedPlan = Readonly<z.infer<typeof appliedPlanShape>>;

/** Reads a {@link RunRef} that comes from outside. */
export const runRefShape = z.strictObject({
  target: z.string().min(1),
  /** Name of the execution. */
  id: z.string().min(1),
  /** ISO 8601, UTC. */
  startedAt: z.string().min(1),
  dryRun: z.boolean(),
  /** The approved plan on which it acts; absent: it makes its own. */
  apply: appliedPlanShape.exactOptional(),
  /** What its plan is made of is kept, to replay it. */
  record: z.literal(true).exactOptional(),
});

/** Names one run; it is all that passes from state to state about it. */
export type RunRef = Readonly<z.infer<typeof runRefShape>>;
