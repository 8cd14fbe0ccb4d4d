import * as z from 'zod';
import { mapping, pattern, text } from './fields.ts';
import type { MailSubscriptions } from './mail-subscriptions.ts';

const email = pattern(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'a mail address such as team@example.com').max(
  254,
  'a mail address of at most 254 characters',
);

const owner = z
  .union([email, mapping({ owner: text('an owner, as notices name him'), email })], {
    error: 'a mail address, or { owner: …, email: … } where the owner is named otherwise',
  })
  .transform((entry) => (typeof entry === 'string' ? { owner: entry, email: entry } : entry));

/** `notices.subscriptions`: who gets mail without subscribing by hand. */
export const subscriptionsSchema = mapping({
  owners: z.array(owner, 'a list of mail addresses').default([]),
  operators: z.array(email, 'a list of mail addresses').default([]),
}).superRefine((value, context) => {
  // A member that is wrong by itself would be missed here as well.
  if (context.issues.length > 0) {
    return;
  }
  for (const key of ['owners', 'operators'] as const) {
    const entries = value[key].map((entry) => JSON.stringify(entry));
    const again = entries.findIndex((entry, index) => entries.indexOf(entry) < index);
    if (again >= 0) {
      context.addIssue({
        code: 'custom',
        path: [key, again],
        message: 'each address once: SNS takes a second one for the first',
      });
    }
  }
}) satisfies z.ZodType<MailSubscriptions>;
