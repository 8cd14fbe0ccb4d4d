import { z } from 'zod';

/** A statement's or session's id (API reference; the text of its refusal was seen with this very pattern). */
export const ID_PATTERN = /^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d+)?$/;

const WORKGROUP_PATTERN =
  /^(([a-z0-9-]+)|(arn:aws(-[a-z]+)*:redshift-serverless:[a-z]{2}(-gov)?-[a-z]+-\d:\d{12}:workgroup\/[a-z0-9-]+))$/;

const id = z.string().regex(ID_PATTERN);
const clusterIdentifier = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
const workgroupName = z.string().min(3).max(128).regex(WORKGROUP_PATTERN);
const sqlParameter = z.object({ name: z.string().regex(/^[0-9a-zA-Z_]+$/), value: z.string().min(1) });
const statementStatus = z.enum(['SUBMITTED', 'PICKED', 'STARTED', 'FINISHED', 'ABORTED', 'FAILED', 'ALL']);
const waitTimeSeconds = z.int().min(1).max(30).optional();

const connection = {
  ClusterIdentifier: clusterIdentifier.optional(),
  WorkgroupName: workgroupName.optional(),
  SecretArn: z.string().optional(),
  DbUser: z.string().optional(),
};

const submission = {
  ...connection,
  Database: z.string().optional(),
  WithEvent: z.boolean().optional(),
  StatementName: z.string().max(2048).optional(),
  Parameters: z.array(sqlParameter).min(1).optional(),
  ClientToken: z.string().min(1).max(64).optional(),
  ResultFormat: z.enum(['JSON', 'CSV']).optional(),
  SessionKeepAliveSeconds: z.int().min(0).max(86_400).optional(),
  SessionId: id.optional(),
  WaitTimeSeconds: waitTimeSeconds,
};

const result = { Id: id, NextToken: z.string().optional(), WaitTimeSeconds: waitTimeSeconds };

const page = (most: number) => ({
  NextToken: z.string().optional(),
  MaxResults: z.int().min(0).max(most).optional(),
});

const catalog = { ...connection, Database: z.string(), ConnectedDatabase: z.string().optional(), ...page(1000) };

const listing = {
  ...page(100),
  RoleLevel: z.boolean().optional(),
  ClusterIdentifier: clusterIdentifier.optional(),
  WorkgroupName: workgroupName.optional(),
  Database: z.string().optional(),
};

/**
 * The requests of the service model 2019-12-20 with their constraints (botocore's `redshift-data` service model; member
 * names and required members are tested against `@aws-sdk/client-redshift-data`). Members that the model does not know
 * are ignored, as the service does.
 */
export const REQUEST_SCHEMAS = {
  BatchExecuteStatement: z.object({
    ...submission,
    Sqls: z.array(z.string()).min(1).max(40),
    ExecutionMode: z.enum(['TRANSACTION', 'AUTO_COMMIT']).optional(),
  }),
  CancelStatement: z.object({ Id: id }),
  DescribeStatement: z.object({ Id: id, WaitTimeSeconds: waitTimeSeconds }),
  DescribeTable: z.object({ ...catalog, Schema: z.string().optional(), Table: z.string().optional() }),
  ExecuteStatement: z.object({ ...submission, Sql: z.string() }),
  GetStatementResult: z.object(result),
  GetStatementResultV2: z.object(result),
  ListDatabases: z.object({ ...connection, Database: z.string().optional(), ...page(1000) }),
  ListSchemas: z.object({ ...catalog, SchemaPattern: z.string().optional() }),
  ListSessions: z.object({
    ...listing,
    SessionId: id.optional(),
    Status: z.enum(['AVAILABLE', 'BUSY', 'CLOSED']).optional(),
  }),
  ListStatements: z.object({
    ...listing,
    StatementName: z.string().max(2048).optional(),
    Status: statementStatus.optional(),
  }),
  ListTables: z.object({ ...catalog, SchemaPattern: z.string().optional(), TablePattern: z.string().optional() }),
};

/** A validated request of an operation. */
export type RequestOf<O extends keyof typeof REQUEST_SCHEMAS> = z.output<(typeof REQUEST_SCHEMAS)[O]>;
