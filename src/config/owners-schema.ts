import * as z from 'zod';
import { OWNER_CRITERIA, type OwnerEntry } from '../policy/owner-entry.ts';
import { FEW_STARS } from './few-stars.ts';
import { mapping, oneOrMore, pattern, text } from './fields.ts';
import { hostPattern } from './host-pattern.ts';

const glob = (what: string) => pattern(FEW_STARS, `${what}, or a pattern with * (at most five of them) and ?`);

const entry = mapping({
  user: glob('a database user').exactOptional(),
  role: glob('the role of an IAMR: user').exactOptional(),
  group: glob('a database group of an IAMA: user').exactOptional(),
  clientHost: hostPattern.exactOptional(),
  application: glob('an application_name').exactOptional(),
  owner: text('who is told, such as team@example.com'),
}).superRefine((value, context) => {
  const blank = OWNER_CRITERIA.every((criterion) => value[criterion] === undefined);
  if (blank && context.issues.length === 0) {
    const message = `at least one of ${OWNER_CRITERIA.join(', ')} beside owner; defaultOwner is for everybody else`;
    context.addIssue({ code: 'custom', path: [], message });
  }
});

/** `notices.owners`: the directory. */
export const ownersSchema = z
  .array(entry, `a list of entries with owner and at least one of ${OWNER_CRITERIA.join(', ')}`)
  .default([]) satisfies z.ZodType<readonly OwnerEntry[]>;

/** `notices.ownerTag`: which owners a client may name. */
export const ownerTagSchema = oneOrMore(
  glob('an owner'),
  'the owners that a client may name in its application_name: a pattern such as *@example.com, or a list of them',
).exactOptional();
