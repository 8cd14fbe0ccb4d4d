import type { PostgresTarget } from '../src/config/target-config.ts';
import { SlotkeeperError } from '../src/errors/slotkeeper-error.ts';
import { arn } from './cloudformation.ts';
import { allow, type PolicyStatement } from './policy-statement.ts';
import { functionArns } from './roles.ts';
import type { StackNames } from './stack-names.ts';

/** The functions that connect to servers are one set, and a function runs in one VPC. */
export class SeveralVpcs extends SlotkeeperError {
  constructor(targets: readonly PostgresTarget[]) {
    super(
      'NotDeployable',
      `Expected all PostgreSQL targets to have the same vpc, got different ones for ${targets.map(({ name }) => `targets.${name}`).join(', ')}. A stack's functions run in one VPC: deploy another stage with its own slotkeeper.yml for the others.`,
    );
  }
}

/** How the functions that connect to PostgreSQL servers sign in: exactly with their secrets, and as their users. */
export function postgresStatements(targets: readonly PostgresTarget[]): PolicyStatement[] {
  return targets.flatMap(signInStatement);
}

function signInStatement({ auth, user }: PostgresTarget): PolicyStatement[] {
  switch (auth.kind) {
    case 'secret':
      return [allow(['secretsmanager:GetSecretValue'], auth.secretArn)];
    case 'iam':
      // `*`: the ARN has the server's resource id, which no host name tells; the user's name is what narrows it.
      return [allow(['rds-db:connect'], arn('rds-db', `dbuser:*/${user}`, auth.region ?? undefined))];
    case 'url-password':
      return [];
  }
}

/** What Lambda itself does to put a function into a VPC (AWS page configuration-vpc, "Required IAM permissions"). */
const NETWORK = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Lets Lambda put a function into a VPC, and keeps the function's own code from doing the same: calls of code carry the
 * function's ARN, those of Lambda do not (the same page).
 */
export function networkStatements(names: StackNames, key: string): PolicyStatement[] {
  return [
    // `*`: the network interfaces have no names before they are made.
    allow(NETWORK, '*'),
    {
      Effect: 'Deny',
      Action: NETWORK,
      Resource: '*',
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArns(names, [key]) } },
    },
  ];
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
