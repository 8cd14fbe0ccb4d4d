import type { PostgresTarget } from '../src/config/target-config.ts';
import { SlotkeeperError } from '../src/errors/slotkeeper-error.ts';
import type { PolicyStatement } from './data-api-statements.ts';

/** The functions that connect to servers are one set, and a function runs in one VPC. */
export class SeveralVpcs extends SlotkeeperError {
  constructor(targets: readonly PostgresTarget[]) {
    super(
      'NotDeployable',
      `Expected all PostgreSQL targets to have the same vpc, got different ones for ${targets.map(({ name }) => `targets.${name}`).join(', ')}. A stack's functions run in one VPC: deploy another stage with its own slotkeeper.yml for the others.`,
    );
  }
}

/** CloudFormation's name of the stack's own region. */
const REGION = `\${AWS::Region}`;

/** Rights of the functions that connect to PostgreSQL servers: exactly their secrets and users. */
export function postgresStatements(targets: readonly PostgresTarget[]): PolicyStatement[] {
  const signIn = targets.flatMap(signInStatement);
  // What Lambda itself needs to put a function into a VPC; none of it has resource names (AWS page
  // configuration-vpc, "Required IAM permissions").
  const network: PolicyStatement[] = targets.some(({ vpc }) => vpc !== null)
    ? [
        {
          Effect: 'Allow',
          Action: [
            'ec2:AssignPrivateIpAddresses',
            'ec2:CreateNetworkInterface',
            'ec2:DeleteNetworkInterface',
            'ec2:DescribeNetworkInterfaces',
            'ec2:DescribeSubnets',
            'ec2:UnassignPrivateIpAddresses',
          ],
          Resource: '*',
        },
      ]
    : [];
  const all = [...signIn, ...network];
  // A policy without a statement is none.
  return all.length === 0 ? [{ Effect: 'Deny', Action: ['rds-db:connect'], Resource: '*' }] : all;
}

function signInStatement({ auth, user }: PostgresTarget): PolicyStatement[] {
  switch (auth.kind) {
    case 'secret':
      return [{ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: auth.secretArn }];
    case 'iam': {
      // The ARN has the server's resource id, which no host name tells; the user's name is what narrows it.
      const users = `rds-db:${auth.region ?? REGION}:\${AWS::AccountId}:dbuser:*/${user}`;
      return [
        { Effect: 'Allow', Action: ['rds-db:connect'], Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:${users}` } },
      ];
    }
    case 'url-password':
      return [];
  }
}

/**
 * Where the functions that connect to servers run; null: in no VPC.
 *
 * @throws SeveralVpcs when targets disagree
 */
export function vpcOf(targets: readonly PostgresTarget[]): PostgresTarget['vpc'] {
  const [first] = targets;
  if (targets.some(({ vpc }) => JSON.stringify(vpc) !== JSON.stringify(first?.vpc ?? null))) {
    throw new SeveralVpcs(targets);
  }
  return first?.vpc ?? null;
}
