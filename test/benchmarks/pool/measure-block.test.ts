import { describe, expect, it } from 'vitest';
import { WrongResult } from '../../../benchmarks/harness/wrong-result.ts';
import type { Contender } from '../../../benchmarks/pool/contender.ts';
import { measureBlock, mergeBlocks } from '../../../benchmarks/pool/measure-block.ts';
import type { Question } from '../../../benchmarks/pool/question.ts';
import type { CloudCounts } from '../../../benchmarks/pool/start-cloud-process.ts';
import { SessionUnavailable } from '../../../src/warehouse/session-unavailable.ts';

const right = (user: string, { value }: Question) => [[user, value]];

/** Three callers of two questions each, answered as `query` says. */
function measure(
  query: (user: string, question: Question, asked: number) => readonly (readonly unknown[])[],
  more: Partial<Contender> = {},
) {
  let asked = 0;
  const service = { dataApi: 100, table: 50, sessions: 7 };
  const contender: Contender = {
    ...{ name: 'contender', tenant: 'acme', cap: 3, isTrusted: true, open: async () => undefined },
    async query(_caller, question) {
      asked += 1;
      service.dataApi += 2;
      service.table += 1;
      return query('tenant_acme', question, asked);
    },
    ...more,
  };
  const counts = async (): Promise<CloudCounts> => ({ ...service });
  return { service, block: measureBlock(contender, { callers: 3, queries: 2 }, counts) };
}

describe('a block', () => {
  it('times what was answered and tells what the queries took of the services', async () => {
    const { times, errors, spent } = await measure(right).block;
    expect(times).toHaveLength(6);
    expect(errors).toEqual({});
    expect(spent).toEqual({ dataApi: 12, table: 6, sessions: 0 });
  });

  it('counts errors by their names, the service’s refusal of a session by its words', async () => {
    const { times, errors } = await measure((user, question, asked) => {
      const refused = new Error('Session is not available');
      const all = [
        new SessionUnavailable(),
        new TypeError('x'),
        Object.assign(refused, { name: 'ValidationException' }),
      ];
      const error = all[asked - 1];
      if (error !== undefined) {
        throw error;
      }
      return right(user, question);
    }).block;
    expect(errors).toEqual({ 'Session is not available': 2, TypeError: 1 });
    expect(times).toHaveLength(3);
  });

  it.each([
    ["another caller's value", (user: string) => [[user, 'value of somebody else']]],
    ['another user', (_user: string, { value }: Question) => [['tenant_globex', value]]],
    ['no row', () => []],
    ['a row too many', (user: string, question: Question) => [...right(user, question), ...right(user, question)]],
  ])('ends when one that is trusted answers with %s, and counts it of one that is not', async (_what, wrong) => {
    await expect(measure(wrong).block).rejects.toThrow(WrongResult);
    expect((await measure(wrong, { isTrusted: false }).block).errors).toEqual({ WrongResult: 6 });
  });

  it('leaves out what follows a query', async () => {
    const measured = measure(right, {
      afterEach: async () => {
        measured.service.table += 10;
      },
    });
    expect((await measured.block).spent).toEqual({ dataApi: 12, table: 6, sessions: 0 });
  });

  it('is one with others', async () => {
    const one = { times: [1, 2], errors: { A: 1 }, wallMs: 5, spent: { dataApi: 4, table: 1, sessions: 0 } };
    const other = { times: [3], errors: { A: 2, B: 1 }, wallMs: 7, spent: { dataApi: 2, table: 0, sessions: 1 } };
    expect(mergeBlocks([one, other])).toEqual({
      ...{ times: [1, 2, 3], errors: { A: 3, B: 1 }, wallMs: 12 },
      spent: { dataApi: 6, table: 1, sessions: 1 },
    });
  });
});
