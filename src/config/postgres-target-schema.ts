import * as z from 'zod';
import { mapping, pattern, text, wholeNumber } from './fields.ts';

/** DNS names and addresses; what else a URL may hold (user, path, blanks) is no host. */
const HOST = /^[a-zA-Z0-9]([a-zA-Z0-9._:-]{0,253}[a-zA-Z0-9])?$|^::1$/;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/** Whether a host is this very machine, so that nobody else can read what is said to it. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

const secretArn = pattern(/^arn:[a-z-]+:secretsmanager:\S+$/, 'the ARN of a Secrets Manager secret');

const auth = z.discriminatedUnion(
  'kind',
  [
    mapping({ kind: z.literal('secret'), secretArn }),
    mapping({
      kind: z.literal('iam'),
      region: pattern(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as eu-west-1')
        .nullable()
        .default(null),
    }),
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union' ? 'secret or iam' : 'how to sign in: { kind: secret, secretArn } or { kind: iam }',
  },
);

const tls = z.discriminatedUnion(
  'mode',
  [
    mapping({
      mode: z.literal('verify-full'),
      ca: text('the path of a PEM file with certificate authorities').nullable().default(null),
    }),
    mapping({ mode: z.literal('off') }),
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union' ? 'verify-full or off' : 'a mapping such as { mode: verify-full, ca: path }',
  },
);

const ids = (prefix: string, what: string) =>
  z
    .array(
      pattern(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `the id of a ${what}, such as ${prefix}-0123456789abcdef0`),
    )
    .min(1, `at least one ${what}`);

const vpc = mapping({ subnetIds: ids('subnet', 'subnet'), securityGroupIds: ids('sg', 'security group') });

/** The keys by which a PostgreSQL server is found, and entered. */
export const postgresKeys = {
  host: pattern(HOST, 'a host name or address, without a port'),
  port: wholeNumber(1, 65_535).default(5432),
  database: text('the name of a database'),
  user: text('the name of a database user'),
  auth,
  tls: tls.prefault({ mode: 'verify-full' }),
  vpc: vpc.nullable().default(null),
};
