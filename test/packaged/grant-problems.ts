import { type Asking, grantsOf } from './grants.ts';
import type { Principal } from './principals.ts';
import { resourcesOf, type Template } from './template.ts';

/** A function that no condition names: what it may, everybody with the role may. */
const ANYBODY: Asking = { functionArn: 'none' };

/** What does not fit: what somebody needs and may not, and what a role may and nobody in it needs. */
export function grantProblems(template: Template, principals: readonly Principal[]): string[] {
  const missing = principals.flatMap(({ name, role, asking, needs }) => {
    const granted = grantsOf(template, role, asking);
    return [...needs].filter((need) => !granted.has(need)).map((need) => `${name} may not ${need} (${role})`);
  });
  const idle = resourcesOf(template, 'AWS::IAM::Role').flatMap(([role]) => idleGrants(template, role, principals));
  return [...missing, ...idle];
}

function idleGrants(template: Template, role: string, principals: readonly Principal[]): string[] {
  const inRole = principals.filter((principal) => principal.role === role);
  if (inRole.length === 0) {
    return [`${role} is nobody's`];
  }
  const shared = grantsOf(template, role, ANYBODY);
  const needed = new Set(inRole.flatMap(({ needs }) => [...needs]));
  const ofService = new Set(inRole.filter(({ asking }) => asking === 'service').flatMap(({ needs }) => [...needs]));
  const own = inRole.flatMap(({ name, asking, needs }) =>
    // What a condition gives to one of them alone, that one must need.
    [...grantsOf(template, role, asking)]
      .filter((one) => !shared.has(one) && !(asking === 'service' ? ofService : needs).has(one))
      .map((one) => `${asking === 'service' ? role : name} may ${one}, and does not need it`),
  );
  return [
    ...[...shared].filter((one) => !needed.has(one)).map((one) => `nobody needs ${one} (${role})`),
    ...new Set(own),
  ];
}
