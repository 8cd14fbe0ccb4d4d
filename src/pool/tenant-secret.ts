import type { WorkgroupPoolTarget } from './pool-target.ts';

const PLACEHOLDER = '{tenantId}';

/** An ARN has the secret's name and, behind a hyphen, six characters that Secrets Manager adds (API reference, CreateSecret). */
const SECRET_ARN = /^arn:[^:]+:secretsmanager:[^:]+:[^:]+:secret:(.+)-[0-9A-Za-z]{6}$/;

/**
 * The name of the secret with which a tenant's database user signs in.
 *
 * @throws RangeError when the target's template gives no tenant such a user
 */
export function secretOfUser({ dbUserTemplate, secretTemplate, name }: WorkgroupPoolTarget, dbUser: string): string {
  const tenant = tenantIn(dbUserTemplate, dbUser);
  if (tenant === null) {
    throw new RangeError(
      `Expected a database user of target '${name}' of the form ${dbUserTemplate}, got '${dbUser}'.`,
    );
  }
  return secretTemplate.replace(PLACEHOLDER, () => tenant);
}

/** The database user that signed in with a secret, named by its name or its ARN; null: it is no tenant's. */
export function userOfSecret({ dbUserTemplate, secretTemplate }: WorkgroupPoolTarget, secret: string): string | null {
  const tenant = tenantOfSecret(secretTemplate, secret);
  return tenant === null ? null : dbUserTemplate.replace(PLACEHOLDER, () => tenant);
}

/** The tenant whose secret this is, named by its name or its ARN; null: it is nobody's. */
export function tenantOfSecret(secretTemplate: string, secret: string): string | null {
  return tenantIn(secretTemplate, SECRET_ARN.exec(secret)?.[1] ?? secret);
}

/** What stands for the tenant's id; null: the text is not of the template. */
function tenantIn(template: string, text: string): string | null {
  const [before = '', after = ''] = template.split(PLACEHOLDER);
  const isOfTemplate = text.length > before.length + after.length && text.startsWith(before) && text.endsWith(after);
  return isOfTemplate ? text.slice(before.length, text.length - after.length) : null;
}
