import * as z from 'zod';
import { pattern } from './fields.ts';

/** The keys by which a target of engine `redshift-serverless` differs from one of a provisioned cluster. */
export const workgroupKeys = {
  workgroup: pattern(/^[a-z0-9-]{3,64}$/, 'the name of a workgroup: 3 to 64 lower-case letters, digits and hyphens'),
  workgroupArn: pattern(
    /^arn:[a-z-]+:redshift-serverless:[a-z0-9-]+:\d{12}:workgroup\/[a-z0-9-]+$/,
    "a workgroup's ARN, which ends in its id: arn:aws:redshift-serverless:<region>:<account>:workgroup/<id>",
  ).optional(),
  /** Named so that it is refused with advice, and not as a key that nobody knows. */
  dbUser: z
    .never(
      'no dbUser: a workgroup has none to give. Leave it out, and IAM maps the role that asks to a database user; or name a secret with a user and its password (secretArn)',
    )
    .optional(),
};
