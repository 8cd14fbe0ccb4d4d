import * as z from 'zod';

/** What any command with --json prints instead of its document when it fails before it has one. */
export const errorDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.error/1'),
    error: z.strictObject({ name: z.string(), message: z.string() }),
  })
  .meta({ title: 'slotkeeper <command> --json, on failure' });

export type ErrorDocument = z.infer<typeof errorDocument>;
