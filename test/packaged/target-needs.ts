import type { TargetNeeds } from './principals.ts';

const redshift = (rest: string) => `arn:\${AWS::Partition}:redshift:\${AWS::Region}:\${AWS::AccountId}:${rest}`;

type Needs = Readonly<Record<string, readonly string[]>>;

/**
 * How the targets of the fixtures are reached, by role: what is submitted where, and what signs in. Written out here, so
 * that what the stack computes is held against something else than itself.
 */
const THREE_ENGINES: Needs = {
  'ReaperRole targets': [
    `redshift-data:ExecuteStatement ${redshift('cluster:analytics-1')}`,
    'redshift-data:ExecuteStatement arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/0a1b2c3d-0000-4000-8000-000000000001',
    `redshift:GetClusterCredentials ${redshift('dbname:analytics-1/dev')}`,
    `redshift:GetClusterCredentials ${redshift('dbuser:analytics-1/slotkeeper')}`,
    'secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-west-1:123456789012:secret:reports-a1b2c3',
  ],
  'TenantQueryRole targets': [
    `redshift-data:ExecuteStatement ${redshift('cluster:analytics-1')}`,
    `redshift:GetClusterCredentials ${redshift('dbname:analytics-1/dev')}`,
    `redshift:GetClusterCredentials ${redshift('dbuser:analytics-1/tenant_*')}`,
  ],
  ...Object.fromEntries(
    ['PlanPostgresActionsRole', 'EndPostgresSessionsRole', 'RecordPostgresOutcomesRole'].map((role) => [
      `${role} servers`,
      [`rds-db:connect arn:\${AWS::Partition}:rds-db:\${AWS::Region}:\${AWS::AccountId}:dbuser:*/keeper`],
    ]),
  ),
};

const SMALLEST: Needs = {
  'ReaperRole targets': [
    `redshift-data:ExecuteStatement ${redshift('cluster:analytics')}`,
    `redshift:GetClusterCredentialsWithIAM ${redshift('dbname:analytics/dev')}`,
  ],
};

const needsOf =
  (needs: Needs): TargetNeeds =>
  (role, kind) =>
    needs[`${role} ${kind}`] ?? [`to be known: how ${role} reaches its ${kind}`];

/** By fixture. */
export const TARGET_NEEDS = { whole: needsOf(THREE_ENGINES), smallest: needsOf(SMALLEST) } as const;
