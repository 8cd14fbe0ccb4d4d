/** What a database user's name says of who signed in. */
export interface UserParts {
  /** The name within; the whole name where it has no prefix; null: somebody in a role. */
  readonly user: string | null;
  readonly role: string | null;
  /** Database groups that the temporary credentials were asked for; perhaps not all: a cut name has lost the last. */
  readonly groups: readonly string[];
}

/**
 * Takes the name of a user of temporary credentials apart: `IAM:user`, `IAMR:role`, or `IAMA:user:group`, the groups parted
 * by colons or commas (Redshift API reference, GetClusterCredentials and GetClusterCredentialsWithIAM; `IAMA:aws_admin:admin_grp`
 * is seen by awslabs/amazon-redshift-utils).
 */
export function takeApartUser(name: string): UserParts {
  const parts = /^(IAM|IAMR|IAMA):(.+)$/is.exec(name);
  const [, prefix = '', rest = ''] = parts ?? [];
  switch (prefix.toUpperCase()) {
    case 'IAM':
      return { user: rest, role: null, groups: [] };
    case 'IAMR':
      return { user: null, role: rest, groups: [] };
    case 'IAMA': {
      const [user = '', ...groups] = rest.split(/[:,]/);
      return { user: user === '' ? null : user, role: null, groups: groups.filter((group) => group !== '') };
    }
    default:
      return { user: name, role: null, groups: [] };
  }
}
