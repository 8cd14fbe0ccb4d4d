import { arn, logicalName, REGION, type Resource, type Resources, ref } from './cloudformation.ts';
import {
  codeStatements,
  eventStatement,
  logStatements,
  publishStatements,
  tableStatements,
} from './code-statements.ts';
import { DATA_API_FUNCTIONS, type FunctionRights } from './function-rights.ts';
import type { TargetPolicies } from './managed-policies.ts';
import { allow, type PolicyStatement, trust } from './policy-statement.ts';
import type { StackNames } from './stack-names.ts';

/** A role with one policy per part, none for a part that has no statement. */
export function role(
  services: readonly ('lambda' | 'states' | 'events')[],
  policies: Readonly<Record<string, readonly PolicyStatement[]>>,
  more: { readonly RoleName?: string; readonly managed?: Resources } = {},
): Resource {
  const { RoleName, managed = {} } = more;
  const ManagedPolicyArns = Object.keys(managed).map(ref);
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...(RoleName === undefined ? {} : { RoleName: { 'Fn::Sub': RoleName } }),
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: services.map(trust) },
      ...(ManagedPolicyArns.length === 0 ? {} : { ManagedPolicyArns }),
      Policies: Object.entries(policies)
        .filter(([, Statement]) => Statement.length > 0)
        .map(([PolicyName, Statement]) => ({ PolicyName, PolicyDocument: { Version: '2012-10-17', Statement } })),
    },
  };
}

/** The logical id of a function's own role. */
export const roleOf = (key: string): string => `${logicalName(key)}Role`;

/** A role for each of these functions. @param more statements of one of them beside those of its rights */
export function ownRoles(
  names: StackNames,
  functions: Readonly<Record<string, FunctionRights>>,
  more: (key: string) => Readonly<Record<string, readonly PolicyStatement[]>> = () => ({}),
): Resources {
  return Object.fromEntries(
    Object.entries(functions).map(([key, rights]) => [
      roleOf(key),
      role(['lambda'], { code: codeStatements(rights), log: logStatements(names, [key]), ...more(key) }),
    ]),
  );
}

/**
 * The role that functions and state machine of a Data API run share: a statement belongs to the identity that submitted
 * it, so what a function submits, only the same role may describe, cancel and fetch. What only some of the functions
 * need is theirs alone all the same: credentials of a function carry its ARN (Lambda guide, "Using source function ARN to
 * control function access behavior").
 */
export function reaperRole(
  names: StackNames,
  { inline, managed }: TargetPolicies,
  machine: readonly PolicyStatement[],
): Resource {
  const rights: readonly (readonly [string, FunctionRights])[] = Object.entries(DATA_API_FUNCTIONS);
  const unique = <T>(values: readonly T[]) => [...new Set(values)].sort();
  const table = tableStatements({
    table: unique(rights.flatMap(([, { table }]) => table)),
    keys: unique(rights.flatMap(([, { keys }]) => keys)),
    live: unique(rights.flatMap(([, { live }]) => live ?? [])),
  });
  const speaking = rights.filter(([, { publishes }]) => publishes !== undefined).map(([key]) => key);
  const byThem = { ArnEquals: { 'lambda:SourceFunctionArn': functionArns(names, speaking) } };
  return role(
    ['lambda', 'states'],
    {
      'session-table': table,
      messages: [
        ...publishStatements('operators', byThem),
        { ...eventStatement(), Condition: { ...eventStatement().Condition, ...byThem } },
      ],
      'data-api-targets': inline,
      // `*`: these three name a statement, for which IAM knows no ARN.
      'data-api-statements': [
        allow(
          ['redshift-data:CancelStatement', 'redshift-data:DescribeStatement', 'redshift-data:GetStatementResult'],
          '*',
        ),
      ],
      'state-machine': machine,
      log: logStatements(names, Object.keys(DATA_API_FUNCTIONS)),
    },
    // A fixed name: where no user is configured, the database knows the role as `IAMR:<name>`.
    { RoleName: `${names.prefix}-reaper-${REGION}`, managed },
  );
}

export const functionArns = (names: StackNames, keys: readonly string[]) =>
  keys.map((key) => arn('lambda', `function:${names.functionName(key)}`));
