import type { Resources } from './cloudformation.ts';
import { policyLength } from './policy-length.ts';
import type { PolicyStatement } from './policy-statement.ts';

/** Characters of a managed policy, white space not counted (IAM guide, "IAM and STS quotas"). */
const MAX_MANAGED = 6_144;
/** What an inline policy may take before the statements go into managed ones: the rest of a role's own has room beside it. */
const MAX_INLINE = 4_000;

/** Statements of a role: in the role itself, or in policies of their own where they are too many. */
export interface TargetPolicies {
  readonly inline: readonly PolicyStatement[];
  readonly managed: Resources;
}

/** @param id logical id of the role, by which the policies are named */
export function targetPolicies(id: string, statements: readonly PolicyStatement[]): TargetPolicies {
  if (policyLength(statements) <= MAX_INLINE) {
    return { inline: statements, managed: {} };
  }
  const parts: PolicyStatement[][] = [];
  for (const statement of statements.flatMap(inHalves)) {
    const last = parts.at(-1);
    if (last !== undefined && policyLength([...last, statement]) <= MAX_MANAGED) {
      last.push(statement);
    } else {
      parts.push([statement]);
    }
  }
  const managed = parts.map((Statement, index) => [
    `${id}Targets${index + 1}`,
    {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        Description: `What ${id} may do on targets, part ${index + 1}`,
        PolicyDocument: { Version: '2012-10-17', Statement },
      },
    },
  ]);
  return { inline: [], managed: Object.fromEntries(managed) };
}

/** A statement on many resources as several, none of which fills a policy. */
function inHalves(statement: PolicyStatement): PolicyStatement[] {
  const { Resource } = statement;
  if (!Array.isArray(Resource) || Resource.length < 2 || policyLength([statement]) <= MAX_MANAGED / 2) {
    return [statement];
  }
  const middle = Math.ceil(Resource.length / 2);
  return [Resource.slice(0, middle), Resource.slice(middle)].flatMap((half) =>
    inHalves({ ...statement, Resource: half }),
  );
}
