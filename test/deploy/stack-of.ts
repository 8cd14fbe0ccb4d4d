import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { fromConfig } from '../../deploy/from-config.ts';
import type { PolicyStatement } from '../../deploy/policy-statement.ts';

export type Stack = ReturnType<typeof fromConfig>;

export const THREE_ENGINES = 'test/fixtures/three-engines.yml';
export const ONE_CLUSTER = 'test/fixtures/slotkeeper.yml';

/** A file with a PostgreSQL server only, written below a folder of the test's own. */
export function serverOnly(folder: string): string {
  const path = join(folder, 'server-only.yml');
  const server = `{ engine: postgres, host: db.example.com, database: app, user: keeper, auth: { kind: iam }, slots: { limit: 100 }, policy: p }`;
  writeFileSync(
    path,
    `targets: { app: ${server} }
policies: { p: [{ name: all, warnAfter: 30m, terminateAfter: 1h }] }
notices: { defaultOwner: team@example.com, snooze: { max: 0s } }
`,
  );
  return path;
}

export function propertiesOf(stack: Stack, id: string): Readonly<Record<string, unknown>> {
  const resource = stack.resources.Resources[id];
  if (resource?.Properties === undefined) {
    throw new Error(`Expected a resource ${id}, got ${Object.keys(stack.resources.Resources).join(', ')}.`);
  }
  return resource.Properties;
}

export function statementsOf(stack: Stack, role: string): readonly PolicyStatement[] {
  const policies = propertiesOf(stack, role)['Policies'] as readonly {
    PolicyDocument: { Statement: readonly PolicyStatement[] };
  }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** The actions that a role has, each once. */
export function actionsOf(stack: Stack, role: string): string[] {
  const allowed = statementsOf(stack, role).filter(({ Effect }) => Effect === 'Allow');
  return [...new Set(allowed.flatMap(({ Action }) => Action))].sort();
}

/** The statement of a role that allows an action. */
export function statementFor(stack: Stack, role: string, action: string): PolicyStatement {
  const [statement] = statementsOf(stack, role).filter(({ Action }) => Action.includes(action));
  if (statement === undefined) {
    throw new Error(`Expected ${role} to have a statement on ${action}.`);
  }
  return statement;
}

/** An ARN of the stack's account and region. */
export const arn = (service: string, resource: string, region = `\${AWS::Region}`) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}:${resource}`,
});
