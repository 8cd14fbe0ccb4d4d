import { type Asking, grantsOf } from './grants.ts';
import type { Principal } from './principals.ts';
import { propertiesOf, resourcesOf, type Template } from './template.ts';

/** A function that no condition names: what it may, everybody with the role may. */
const ANYBODY: Asking = { functionArn: 'none' };

/**
 * What functions of one role may for one another: the items of the table, what is submitted to targets and how one signs in
 * (decisions 0001 and 0010 say why they share a role), their logs, what Lambda does with their failures, and what SNS asks of
 * the topics' key in the name of those who may publish, which does not say who they are.
 */
const SHARED = /^(dynamodb|keys|kms|redshift|redshift-data|redshift-serverless|secretsmanager|logs|sqs)[: ]/;

/** What does not fit: what somebody needs and may not, and what a role may and nobody in it needs. */
export function grantProblems(template: Template, principals: readonly Principal[]): string[] {
  const missing = principals.flatMap(({ name, role, asking, needs }) => {
    const granted = grantsOf(template, role, asking);
    return [...needs].filter((need) => !granted.has(need)).map((need) => `${name} may not ${need} (${role})`);
  });
  const roles = resourcesOf(template, 'AWS::IAM::Role').map(([role]) => role);
  return [
    ...missing,
    ...roles.flatMap((role) => idleGrants(template, role, principals)),
    ...roles.flatMap((role) => trustProblems(template, role, principals)),
  ];
}

function idleGrants(template: Template, role: string, principals: readonly Principal[]): string[] {
  const inRole = principals.filter((principal) => principal.role === role);
  const shared = grantsOf(template, role, ANYBODY);
  const needed = new Set(inRole.flatMap(({ needs }) => [...needs]));
  const ofService = new Set(inRole.filter(({ asking }) => asking === 'service').flatMap(({ needs }) => [...needs]));
  const idle = inRole.flatMap(({ name, asking, needs }) =>
    asking === 'service'
      ? [...grantsOf(template, role, asking)]
          .filter((one) => !shared.has(one) && !ofService.has(one))
          .map((one) => `${role} may ${one}, and nobody needs it`)
      : [...grantsOf(template, role, asking)]
          .filter((one) => !needs.has(one) && !(shared.has(one) && SHARED.test(one)))
          .map((one) => `${name} may ${one}, and does not need it (${role})`),
  );
  return [
    ...[...shared].filter((one) => !needed.has(one)).map((one) => `nobody needs ${one} (${role})`),
    ...new Set(idle),
  ];
}

/** A role is for exactly the services that act in it. */
function trustProblems(template: Template, role: string, principals: readonly Principal[]): string[] {
  const { Statement } = propertiesOf(template, role)['AssumeRolePolicyDocument'] as {
    Statement: readonly { Principal: { Service: string } }[];
  };
  const trusted = Statement.map(({ Principal }) => Principal.Service.replace('.amazonaws.com', '')).sort();
  const acting = principals.filter((principal) => principal.role === role).map(({ service }) => service);
  const expected = [...new Set(acting)].sort();
  return trusted.join() === expected.join()
    ? []
    : [`${role} is for ${trusted.join(' and ')}; ${expected.join(' and ') || 'nobody'} acts in it`];
}
