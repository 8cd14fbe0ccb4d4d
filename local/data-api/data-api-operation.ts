/** The twelve operations of the Redshift Data API (service model 2019-12-20 of `@aws-sdk/client-redshift-data`). */
export const DATA_API_OPERATIONS = [
  'BatchExecuteStatement',
  'CancelStatement',
  'DescribeStatement',
  'DescribeTable',
  'ExecuteStatement',
  'GetStatementResult',
  'GetStatementResultV2',
  'ListDatabases',
  'ListSchemas',
  'ListSessions',
  'ListStatements',
  'ListTables',
] as const;

export type DataApiOperation = (typeof DATA_API_OPERATIONS)[number];

/** Whether a name from an `X-Amz-Target` header is one of the twelve. */
export function isDataApiOperation(name: string): name is DataApiOperation {
  return (DATA_API_OPERATIONS as readonly string[]).includes(name);
}
