import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import { numberOf, type PostgresSettings } from './postgres-facts.ts';

/** shared_buffers as initdb leaves it: it says nothing about the machine (manual, "Resource Consumption"). */
const DEFAULT_SHARED_MB = 128;

/** The manual takes a quarter of the memory for a reasonable shared_buffers, so four times that is a guess at the memory. */
const SHARED_SHARE = 4;

/** Bytes of the units in which pg_settings tells memory. */
const KILOBYTES: Readonly<Record<string, number>> = {
  B: 1 / 1024,
  kB: 1,
  '8kB': 8,
  '16kB': 16,
  '32kB': 32,
  MB: 1024,
  GB: 1024 * 1024,
};

/**
 * Whether all slots at work would fit the memory. SQL does not show how much memory the machine has: what can be seen
 * is one setting against another, and that is said.
 */
export function judgePostgresMemory(fact: Fact<PostgresSettings>): Check {
  return checkFact(
    {
      name: 'memory',
      question: 'Would every slot at work fit the memory?',
      expected:
        'max_connections × work_mem + shared_buffers within the memory; each sort or hash of a statement may take work_mem once more',
      source: 'PostgreSQL manual, "Resource Consumption" (shared_buffers, work_mem)',
    },
    fact,
    (settings) => {
      const connections = numberOf(settings, 'max_connections');
      const work = megabytes(settings, 'work_mem');
      const shared = megabytes(settings, 'shared_buffers');
      if (work === null || shared === null) {
        return { verdict: 'cannot-tell', found: 'work_mem and shared_buffers are not shown' };
      }
      const worst = Math.round(connections * work + shared);
      const figures = `${connections} × ${work} MB + ${shared} MB = ${worst} MB`;
      if (shared <= DEFAULT_SHARED_MB) {
        return {
          verdict: 'cannot-tell',
          found: `${figures}; SQL does not show how much the machine has, and shared_buffers is no more than its default, which hints at nothing`,
        };
      }
      const guessed = Math.round(shared * SHARED_SHARE);
      return worst <= guessed
        ? {
            verdict: 'ok',
            found: `${figures}, within the ${guessed} MB that shared_buffers hints at; SQL does not show how much there is`,
          }
        : {
            verdict: 'warning',
            found: `${figures}, more than the ${guessed} MB that shared_buffers hints at; SQL does not show how much there is`,
            mend: [
              {
                kind: 'sql',
                line: `ALTER SYSTEM SET max_connections = ${Math.max(20, Math.floor((guessed - shared) / work))}; -- from the next restart; a pooler for the others`,
              },
            ],
          };
    },
  );
}

function megabytes(settings: PostgresSettings, name: string): number | null {
  const setting = settings.get(name);
  const size = KILOBYTES[setting?.unit ?? ''];
  return setting === undefined || size === undefined ? null : (Number(setting.value) * size) / 1024;
}
