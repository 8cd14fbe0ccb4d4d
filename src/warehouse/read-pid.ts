/** RedshiftPid of an answer. The service shows 0 until a backend is known (awslabs/amazon-redshift-utils#515): null. */
export function readPid(pid: number | undefined): number | null {
  return pid === undefined || pid <= 0 ? null : pid;
}
