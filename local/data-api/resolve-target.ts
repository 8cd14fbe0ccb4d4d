import type { DataApiCaller } from './data-api.ts';
import { validationError } from './data-api-error.ts';

/** The members that say where to connect and as whom. */
export interface TargetMembers {
  readonly ClusterIdentifier?: string | undefined;
  readonly WorkgroupName?: string | undefined;
  readonly SecretArn?: string | undefined;
  readonly DbUser?: string | undefined;
  readonly Database?: string | undefined;
}

/** Which of the two warehouses, by the member that requests and responses name it with. */
export type TargetPlace = { readonly ClusterIdentifier: string } | { readonly WorkgroupName: string };

/** Where a statement runs. */
export interface Target {
  readonly place: TargetPlace;
  readonly database: string;
  /** The database role to connect as. */
  readonly user: string;
  /** What responses call `DbUser`: absent with a secret, as in the service's examples. */
  readonly dbUser?: string;
  readonly secretArn?: string;
}

/** What this cloud has. */
export interface KnownTarget {
  readonly clusterIdentifier: string;
  readonly workgroup: Workgroup;
  readonly superuser: string;
}

/** A Serverless workgroup: requests name it by either. */
export interface Workgroup {
  readonly name: string;
  /** It ends in the workgroup's id, which is not its name. */
  readonly arn: string;
}

/** An access key of this form connects as the named database user, where AWS would map the IAM identity to one. */
const USER_KEY = /^dbuser:(?<user>.+)$/;

/** The name in a secret's ARN without the six characters that Secrets Manager adds; a plain name is taken as it is. */
const SECRET = /(?:^|:secret:)(?:[^:]*\/)?(?<user>[^:/]+?)(?:-[0-9A-Za-z]{6})?$/;

/**
 * Checks the valid combinations (mgmt/data-api-access; API reference of ExecuteStatement): a cluster or a workgroup, a
 * database, and a secret, a database user, or neither.
 *
 * @throws {DataApiError} ValidationException. Only the text for an unknown cluster was seen of the service
 *   (ballerina-platform/module-ballerinax-aws.redshiftdata, tests); the others are guesses
 */
export function resolveTarget(members: TargetMembers, caller: DataApiCaller, known: KnownTarget): Target {
  const { ClusterIdentifier, WorkgroupName, SecretArn, DbUser, Database } = members;
  if (ClusterIdentifier !== undefined && WorkgroupName !== undefined) {
    throw validationError('ClusterIdentifier and WorkgroupName cannot be specified together.');
  }
  if (ClusterIdentifier === undefined && WorkgroupName === undefined) {
    throw validationError('Either ClusterIdentifier or WorkgroupName must be specified.');
  }
  if (DbUser !== undefined && WorkgroupName !== undefined) {
    throw validationError('DbUser cannot be specified with WorkgroupName.');
  }
  if (DbUser !== undefined && SecretArn !== undefined) {
    throw validationError('DbUser and SecretArn cannot be specified together.');
  }
  if (Database === undefined || Database === '') {
    throw validationError('Database must be specified.');
  }
  // It would end the name in what is sent to the server, and begin the next setting of the connection.
  if ([SecretArn, DbUser, Database].some((name) => name?.includes('\0'))) {
    throw validationError('Database, DbUser and SecretArn cannot have a NUL character.');
  }
  const place = findPlace(members, known);
  if (place === undefined) throw validationError("Redshift endpoint doesn't exist in this region.");
  const where = { place, database: Database };
  if (SecretArn !== undefined) {
    const user = SECRET.exec(SecretArn)?.groups?.['user'];
    // The service's text for a secret without a user (boto/boto3#2899).
    if (user === undefined) throw validationError('username and password in secret cannot be empty');
    return { ...where, user, secretArn: SecretArn };
  }
  const user = DbUser ?? USER_KEY.exec(caller.accessKeyId)?.groups?.['user'] ?? known.superuser;
  return { ...where, user, dbUser: user };
}

/** A workgroup is answered by its name, also where its ARN was given (guess). */
function findPlace({ ClusterIdentifier, WorkgroupName }: TargetMembers, known: KnownTarget): TargetPlace | undefined {
  if (ClusterIdentifier === known.clusterIdentifier) return { ClusterIdentifier };
  const { name, arn } = known.workgroup;
  return WorkgroupName === name || WorkgroupName === arn ? { WorkgroupName: name } : undefined;
}

/** Whether a target is the one that a listing asks for; one that names neither asks for all. */
export function isAtPlace(
  { place }: Target,
  { ClusterIdentifier, WorkgroupName }: Pick<TargetMembers, 'ClusterIdentifier' | 'WorkgroupName'>,
  { name, arn }: Workgroup,
): boolean {
  if (ClusterIdentifier !== undefined) {
    return 'ClusterIdentifier' in place && place.ClusterIdentifier === ClusterIdentifier;
  }
  return WorkgroupName === undefined || ('WorkgroupName' in place && (WorkgroupName === name || WorkgroupName === arn));
}

/**
 * A session knows where it is connected: naming it again is refused (apache/airflow#42218; AWS's example passes `SessionId`
 * and `Sql` only).
 *
 * @throws {DataApiError} ValidationException in our own words: no public source has the service's text
 */
export function refuseTargetWithSession(members: TargetMembers): void {
  const names = (['ClusterIdentifier', 'WorkgroupName', 'SecretArn', 'DbUser', 'Database'] as const).filter(
    (name) => members[name] !== undefined,
  );
  if (names.length > 0) {
    throw validationError(`SessionId cannot be specified together with ${names.join(', ')}: the session names them.`);
  }
}
