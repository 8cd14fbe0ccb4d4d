import * as z from 'zod';

/** Reads a {@link RunRef} that comes from outside. */
export const runRefShape = z.strictObject({
  target: z.string().min(1),
  /** Name of the execution. */
  id: z.string().min(1),
  /** ISO 8601, UTC. */
  startedAt: z.string().min(1),
  dryRun: z.boolean(),
});

/** Names one run; it is all that passes from state to state about it. */
export type RunRef = Readonly<z.infer<typeof runRefShape>>;
