import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

/** Keys as `pk, sk`, in order: hash, range. */
export interface TableShape {
  readonly keys: readonly string[];
  readonly indexes: readonly { readonly name: string; readonly keys: readonly string[]; readonly projection: string }[];
}

export interface TableFacts extends TableShape {
  /** ACTIVE, UPDATING, … of the table, and of its indexes that are not ACTIVE. */
  readonly status: string;
  readonly busyIndexes: readonly string[];
}

export interface TableContext {
  readonly table: string;
  readonly stage: string;
  /** What the deployed version works with. */
  readonly shape: TableShape;
}

/**
 * Whether the session table is there and of the shape that the code works with.
 *
 * @param fact null: there is no such table
 */
export function judgeTable(fact: Fact<TableFacts | null>, { table, stage, shape }: TableContext): Check {
  const mend = [{ kind: 'cli', line: `npx serverless deploy --stage ${stage}` } as const];
  return checkFact(
    {
      name: 'table',
      question: 'Is the session table there, with its indexes?',
      expected: `${table} ACTIVE, keys ${shape.keys.join(', ')}, indexes ${shape.indexes.map(({ name }) => name).join(', ')}`,
      source: 'src/session-table/session-table-schema.ts',
    },
    fact,
    (found) => {
      if (found === null) {
        return { verdict: 'problem', found: `no table ${table}`, mend };
      }
      const wrong = [
        ...(found.keys.join() === shape.keys.join() ? [] : [`its keys are ${found.keys.join(', ')}`]),
        ...shape.indexes.flatMap((wanted) => {
          const index = found.indexes.find(({ name }) => name === wanted.name);
          if (index === undefined) {
            return [`index ${wanted.name} is missing`];
          }
          const differs = index.keys.join() !== wanted.keys.join() || index.projection !== wanted.projection;
          return differs
            ? [`index ${wanted.name} is on ${index.keys.join(', ')} and projects ${index.projection}`]
            : [];
        }),
      ];
      if (wrong.length > 0) {
        return { verdict: 'problem', found: wrong.join('; '), mend };
      }
      return found.status === 'ACTIVE' && found.busyIndexes.length === 0
        ? { verdict: 'ok', found: `ACTIVE, keys ${found.keys.join(', ')}, all indexes ACTIVE` }
        : {
            verdict: 'warning',
            found: `table ${found.status}${found.busyIndexes.length === 0 ? '' : `, not yet ACTIVE: ${found.busyIndexes.join(', ')}`}`,
            mend: [{ kind: 'cli', line: `aws dynamodb wait table-exists --table-name ${table}` }],
          };
    },
  );
}
