import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { HISTORY_INDEX, LIVE_INDEX } from '../../../src/session-table/session-table-schema.ts';
import { Capacity, readUnits, writeUnits } from './capacity.ts';
import { type Condition, isConditionMet } from './is-condition-met.ts';
import { itemBytes } from './item-bytes.ts';

type Item = Readonly<Record<string, unknown>>;
type Keyed = { readonly pk: string; readonly sk: string };

interface Stored {
  readonly item: Item;
  readonly bytes: number;
}

/** A page of a query is 1 MB at most (DynamoDB guide, "Quotas"). */
const PAGE_BYTES = 1_048_576;
const KEY_BYTES = 100;

/**
 * DynamoDB in memory as the product's adapters reach it: their own commands and conditions, and the capacity units that
 * the service would count, by partition key, its two indexes included. It never throttles.
 */
export class MeteredDynamoDb {
  readonly writes: Capacity;
  readonly reads: Capacity;
  readonly client: DynamoDBDocumentClient;
  readonly #base = new Map<string, Map<string, Stored>>();
  readonly #live = new Map<string, Map<string, Stored>>();

  /** @param wait until a call has arrived and its answer is back */
  constructor(now: () => number, wait: () => Promise<unknown>) {
    this.writes = new Capacity(now);
    this.reads = new Capacity(now);
    const send = async (command: unknown) => {
      await wait();
      return this.#answer(command);
    };
    // Of a client the adapters use no more than `send`.
    this.client = { send } as unknown as DynamoDBDocumentClient;
  }

  reset(): void {
    this.writes.reset();
    this.reads.reset();
  }

  #answer(command: unknown): unknown {
    if (command instanceof GetCommand) {
      return this.#get(command.input.Key as Keyed);
    }
    if (command instanceof BatchGetCommand) {
      return this.#batchGet(command.input.RequestItems ?? {});
    }
    if (command instanceof PutCommand) {
      return this.#write(command.input.Item as Item & Keyed, command.input.Item as Item, command.input);
    }
    if (command instanceof DeleteCommand) {
      return this.#write(command.input.Key as Keyed, null, command.input);
    }
    if (command instanceof QueryCommand) {
      return this.#query(command.input);
    }
    throw new Error(`Expected a command that the adapters send, got ${String(command)}.`);
  }

  #get({ pk, sk }: Keyed): { Item?: Item } {
    this.reads.calls += 1;
    const stored = this.#base.get(pk)?.get(sk);
    this.reads.use(pk, readUnits(stored?.bytes ?? 0, true));
    return stored === undefined ? {} : { Item: stored.item };
  }

  #batchGet(asked: Readonly<Record<string, { Keys?: Record<string, unknown>[] | undefined }>>): unknown {
    this.reads.calls += 1;
    const Responses = Object.fromEntries(
      Object.entries(asked).map(([table, { Keys = [] }]) => [
        table,
        Keys.flatMap((key) => {
          const { pk, sk } = key as Keyed;
          const stored = this.#base.get(pk)?.get(sk);
          this.reads.use(pk, readUnits(stored?.bytes ?? 0, true));
          return stored === undefined ? [] : [stored.item];
        }),
      ]),
    );
    return { Responses };
  }

  #write({ pk, sk }: Keyed, item: Item | null, condition: Condition): object {
    this.writes.calls += 1;
    const partition = this.#base.get(pk) ?? new Map<string, Stored>();
    const before = partition.get(sk) ?? null;
    if (!isConditionMet(condition, before?.item ?? null)) {
      this.writes.use(pk, writeUnits(before?.bytes ?? 0));
      throw Object.assign(new Error('The conditional request failed'), { name: 'ConditionalCheckFailedException' });
    }
    // As it comes out of DynamoDB: a copy, of JSON's values only.
    const copy = item === null ? null : (JSON.parse(JSON.stringify(item)) as Item);
    const after = copy === null ? null : { item: copy, bytes: itemBytes(copy) };
    this.writes.use(pk, writeUnits(Math.max(before?.bytes ?? 0, after?.bytes ?? 0)));
    this.#index(before, after);
    this.#base.set(pk, partition);
    if (after === null) {
      partition.delete(sk);
    } else {
      partition.set(sk, after);
    }
    return {};
  }

  /** `live` carries whole items: a write each time. `history` carries keys: a write when an item appears. */
  #index(before: Stored | null, after: Stored | null): void {
    const [from, to] = [before?.item['livePk'], after?.item['livePk']];
    if (from !== undefined && (from !== to || before?.item['liveSk'] !== after?.item['liveSk'])) {
      this.writes.use(`${from} (${LIVE_INDEX})`, writeUnits(before?.bytes ?? 0));
      this.#live.get(String(from))?.delete(String(before?.item['liveSk']));
    }
    if (to !== undefined && after !== null) {
      this.writes.use(`${to} (${LIVE_INDEX})`, writeUnits(after.bytes));
      const partition = this.#live.get(String(to)) ?? new Map<string, Stored>();
      this.#live.set(String(to), partition.set(String(after.item['liveSk']), after));
    }
    if (after?.item['historyPk'] !== undefined && before === null) {
      this.writes.use(`${after.item['historyPk']} (${HISTORY_INDEX})`, writeUnits(KEY_BYTES));
    }
  }

  #query(input: QueryCommandInput): { Items: readonly Item[]; LastEvaluatedKey?: Item } {
    this.reads.calls += 1;
    const values = input.ExpressionAttributeValues ?? {};
    const partition = String(values[':partition']);
    const isLive = input.IndexName === LIVE_INDEX;
    if (input.IndexName !== undefined && !isLive) {
      throw new Error(`Expected a query that runs and pools make, got one of ${input.IndexName}.`);
    }
    const start = input.ExclusiveStartKey?.[isLive ? 'liveSk' : 'sk'];
    const sorted = [...((isLive ? this.#live : this.#base).get(partition) ?? new Map<string, Stored>())]
      .filter(([sk]) => sk.startsWith(String(values[':prefix'] ?? '')))
      .sort(([one], [other]) => (one < other ? -1 : 1) * (input.ScanIndexForward === false ? -1 : 1));
    const left = sorted.slice(start === undefined ? 0 : sorted.findIndex(([sk]) => sk === start) + 1);
    const found = pageOf(
      left.map(([, stored]) => stored),
      input.Limit ?? left.length,
    );
    const bytes = found.reduce((sum, stored) => sum + stored.bytes, 0);
    const last = found.length < left.length ? found.at(-1) : undefined;
    this.reads.use(
      isLive ? `${partition} (${LIVE_INDEX})` : partition,
      readUnits(bytes, input.ConsistentRead === true),
    );
    return {
      Items: found.map(({ item }) => item),
      ...(last === undefined ? {} : { LastEvaluatedKey: keyOf(last.item) }),
    };
  }
}

/** So many of the items as a page holds, and at least one. */
function pageOf(items: readonly Stored[], limit: number): Stored[] {
  const page: Stored[] = [];
  let bytes = 0;
  for (const stored of items.slice(0, limit)) {
    bytes += stored.bytes;
    if (page.length > 0 && bytes > PAGE_BYTES) {
      break;
    }
    page.push(stored);
  }
  return page;
}

function keyOf({ pk, sk, livePk, liveSk }: Item): Item {
  return { pk, sk, ...(livePk === undefined ? {} : { livePk, liveSk }) };
}
