import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What each command of a table's port was seen to ask of DynamoDB. */
export interface TableTrace {
  readonly client: DynamoDBDocumentClient;
  /** The same table; what it sends by the traced client is put down to the command that was called. */
  traced<Table extends object>(table: Table): Table;
  /** By command: `GetItem TARGET`, `Query@live POOLED`, each once, sorted. */
  seen(): Readonly<Record<string, readonly string[]>>;
}

/** Traces a client, to be given to the adapter. */
export function traceTable(client: () => DynamoDBDocumentClient): TableTrace {
  const called = new AsyncLocalStorage<string>();
  const seen = new Map<string, Set<string>>();
  const note = (command: { readonly input: object; readonly constructor: { readonly name: string } }) => {
    const by = called.getStore();
    if (by !== undefined) {
      const needs = seen.get(by) ?? new Set();
      for (const need of needsOf(command.constructor.name, command.input)) {
        needs.add(need);
      }
      seen.set(by, needs);
    }
  };
  return {
    client: new Proxy({} as DynamoDBDocumentClient, {
      get: (_, member) =>
        member === 'send'
          ? (command: Parameters<DynamoDBDocumentClient['send']>[0]) => {
              note(command);
              return client().send(command);
            }
          : Reflect.get(client(), member),
    }),
    traced: (table) =>
      new Proxy(table, {
        get(target, member, receiver) {
          const value: unknown = Reflect.get(target, member, receiver);
          return typeof value === 'function'
            ? (...args: unknown[]) => called.run(String(member), () => Reflect.apply(value, target, args))
            : value;
        },
      }),
    seen: () => Object.fromEntries([...seen].map(([by, needs]) => [by, [...needs].sort()]).sort()),
  };
}

/** The document client's commands by the actions of IAM. */
const ACTIONS: Readonly<Record<string, string>> = {
  BatchGetCommand: 'BatchGetItem',
  DeleteCommand: 'DeleteItem',
  GetCommand: 'GetItem',
  PutCommand: 'PutItem',
  QueryCommand: 'Query',
};

interface TableInput {
  readonly Key?: { readonly pk: unknown };
  readonly Item?: { readonly pk: unknown };
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly { readonly pk: unknown }[] }>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
  readonly IndexName?: string;
}

function needsOf(command: string, input: TableInput): string[] {
  const partitions = [
    input.Key?.pk ?? input.Item?.pk ?? input.ExpressionAttributeValues?.[':partition'] ?? [],
    ...Object.values(input.RequestItems ?? {}).flatMap(({ Keys }) => Keys.map(({ pk }) => pk)),
  ].flat();
  const index = input.IndexName === undefined ? '' : `@${input.IndexName}`;
  return partitions.map((pk) => `${ACTIONS[command] ?? command}${index} ${String(pk).split('#')[0]}`);
}
