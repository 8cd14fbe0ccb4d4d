import type { Resources } from './cloudformation.ts';
import { REGION } from './cloudformation.ts';
import { codeStatements, logStatements } from './code-statements.ts';
import { dataApiStatements, tenantStatements } from './data-api-statements.ts';
import { deadLetterStatements } from './dead-letters.ts';
import {
  API_FUNCTION,
  DATA_API_FUNCTIONS,
  type FunctionRights,
  PLAIN_FUNCTIONS,
  POSTGRES_FUNCTIONS,
  SNOOZE_RIGHTS,
  TENANT_FUNCTIONS,
  TENANT_RIGHTS,
} from './function-rights.ts';
import { machineStatements } from './machine-statements.ts';
import { targetPolicies } from './managed-policies.ts';
import { allow } from './policy-statement.ts';
import { networkStatements, postgresStatements } from './postgres-statements.ts';
import { ownRoles, reaperRole, role } from './roles.ts';
import type { StackParts } from './stack-parts.ts';
import { invokedBy } from './state-machines.ts';

/** All roles of functions and state machines: each may do what it must, on exactly what slotkeeper.yml names. */
export function roles(parts: StackParts): Resources {
  const { names, has, dataApi, servers, vpc } = parts;
  const { publishNotice, ...plain } = PLAIN_FUNCTIONS;
  // Without links there is no key that it could read.
  const { readsSnoozeKey: _, ...withoutLinks } = publishNotice;
  const everyRun: Record<string, FunctionRights> = {
    ...plain,
    publishNotice: has.snooze ? publishNotice : withoutLinks,
  };
  const reaped = targetPolicies('ReaperRole', dataApiStatements(dataApi));
  return {
    ...reaped.managed,
    ...ownRoles(names, has.dataApi ? everyRun : { ...everyRun, failRun: DATA_API_FUNCTIONS.failRun }),
    ...(has.dataApi
      ? {
          ReaperRole: reaperRole(
            names,
            reaped,
            machineStatements(names, invokedBy('ReapRedshiftSessions'), { isShared: true }),
          ),
        }
      : {}),
    ...(has.postgres
      ? {
          ...ownRoles(names, POSTGRES_FUNCTIONS, (key) => ({
            servers: postgresStatements(servers),
            network: vpc === null ? [] : networkStatements(names, key),
          })),
          ReapPostgresSessionsRole: role(['states'], {
            'state-machine': machineStatements(names, invokedBy('ReapPostgresSessions'), { isShared: false }),
          }),
        }
      : {}),
    ...(has.pool ? tenantRole(parts) : {}),
    ...(has.snooze ? ownRoles(names, { snoozeSession: SNOOZE_RIGHTS }) : {}),
  };
}

/** Of the functions of tenants' queries: what one submits the others look at, and none of them is the reaper. */
function tenantRole({ names, pooled, api }: StackParts): Resources {
  const { inline, managed } = targetPolicies('TenantQueryRole', tenantStatements(pooled));
  const TenantQueryRole = role(
    ['lambda'],
    {
      'pooled-sessions': codeStatements(TENANT_RIGHTS),
      'data-api-targets': inline,
      // `*`: these name a statement, a session or a principal, for which IAM knows no ARN.
      'data-api-statements': [
        allow(
          [
            'redshift-data:CancelStatement',
            'redshift-data:DescribeStatement',
            'redshift-data:GetStatementResult',
            'redshift-data:ListSessions',
            'redshift-data:ListStatements',
          ],
          '*',
        ),
      ],
      'dead-letters': deadLetterStatements(),
      log: logStatements(names, [...TENANT_FUNCTIONS, ...(api === null ? [] : [API_FUNCTION])]),
    },
    { RoleName: `${names.prefix}-tenants-${REGION}`, managed },
  );
  return { ...managed, TenantQueryRole };
}
