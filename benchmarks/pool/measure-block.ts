import { WrongResult } from '../harness/wrong-result.ts';
import { type Contender, userOf } from './contender.ts';
import { errorLabel } from './error-label.ts';
import { newQuestion, whatIsWrong } from './question.ts';
import type { CloudCounts } from './start-cloud-process.ts';

/** What some queries of a contender came to. */
export interface BlockResult {
  /** Milliseconds of each query that was answered. */
  readonly times: readonly number[];
  /** What callers heard instead of an answer, by how often. */
  readonly errors: Readonly<Record<string, number>>;
  /** From the first question to the last answer, milliseconds. */
  readonly wallMs: number;
  /** What the queries took of the services. */
  readonly spent: CloudCounts;
}

/**
 * Callers that all ask at once, each so many questions one after the other, without a pause.
 *
 * @throws WrongResult when a contender that is trusted answers wrongly
 */
export async function measureBlock(
  contender: Contender,
  { callers, queries }: { readonly callers: number; readonly queries: number },
  counts: () => Promise<CloudCounts>,
): Promise<BlockResult> {
  const times: number[] = [];
  const errors: Record<string, number> = {};
  const hear = (error: string) => {
    errors[error] = (errors[error] ?? 0) + 1;
  };
  let aside: CloudCounts = { dataApi: 0, table: 0, sessions: 0 };

  async function ask(caller: number): Promise<void> {
    const question = newQuestion();
    const started = performance.now();
    try {
      const rows = await contender.query(caller, question);
      const ms = performance.now() - started;
      const wrong = whatIsWrong(rows, userOf(contender.tenant), question);
      if (wrong === null) {
        times.push(ms);
      } else if (contender.isTrusted) {
        throw new WrongResult(contender.name, 'to answer each question by its own value', wrong);
      } else {
        hear('WrongResult');
      }
    } catch (error) {
      if (error instanceof WrongResult) {
        throw error;
      }
      hear(errorLabel(error));
    }
    if (contender.afterEach !== undefined) {
      const before = await counts();
      await contender.afterEach();
      aside = plus(aside, minus(await counts(), before));
    }
  }

  const before = await counts();
  const started = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let query = 0; query < queries; query += 1) {
        await ask(caller);
      }
    }),
  );
  const wallMs = performance.now() - started;
  return { times, errors, wallMs, spent: minus(minus(await counts(), before), aside) };
}

/** Several blocks as one. */
export function mergeBlocks(blocks: readonly BlockResult[]): BlockResult {
  const errors: Record<string, number> = {};
  for (const [name, count] of blocks.flatMap((block) => Object.entries(block.errors))) {
    errors[name] = (errors[name] ?? 0) + count;
  }
  return {
    times: blocks.flatMap((block) => block.times),
    errors,
    wallMs: blocks.reduce((sum, block) => sum + block.wallMs, 0),
    spent: blocks.map(({ spent }) => spent).reduce(plus, { dataApi: 0, table: 0, sessions: 0 }),
  };
}

function plus(one: CloudCounts, other: CloudCounts): CloudCounts {
  return {
    dataApi: one.dataApi + other.dataApi,
    table: one.table + other.table,
    sessions: one.sessions + other.sessions,
  };
}

function minus(one: CloudCounts, other: CloudCounts): CloudCounts {
  return plus(one, { dataApi: -other.dataApi, table: -other.table, sessions: -other.sessions });
}
