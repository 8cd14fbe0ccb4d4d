import { validationError } from './data-api-error.ts';

/**
 * "When providing ClusterIdentifier, then WorkgroupName can't be specified" (API reference of both listings).
 *
 * @throws {DataApiError} ValidationException in our own words
 */
export function refuseTwoTargets(request: {
  readonly ClusterIdentifier?: string | undefined;
  readonly WorkgroupName?: string | undefined;
}): void {
  if (request.ClusterIdentifier !== undefined && request.WorkgroupName !== undefined) {
    throw validationError('ClusterIdentifier and WorkgroupName cannot be specified together.');
  }
}
