import type { Slots } from '../../policy/slots.ts';
import type { Check, Mend } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import { quoteIdentifier } from '../quote.ts';
import { numberOf, type PostgresSelf, type PostgresSessions, type PostgresSettings } from './postgres-facts.ts';

/** How many users are named. */
const NAMED = 5;

/** `reserved_connections` and the role for it came with PostgreSQL 16 (its release notes). */
const RESERVED_SINCE = 160_000;

export interface PostgresSlotFacts {
  readonly self: PostgresSelf;
  readonly settings: PostgresSettings;
  readonly sessions: readonly PostgresSessions[];
}

export interface PostgresSlotContext {
  readonly target: string;
  /** What slotkeeper.yml says; null: there is none. */
  readonly slots: Slots | null;
}

/** Who has the slots, and whether slotkeeper.yml counts them as the server does. */
export function judgePostgresSlots(fact: Fact<PostgresSlotFacts>, { target, slots }: PostgresSlotContext): Check {
  const keepFree = slots?.keepFree ?? 0;
  return checkFact(
    {
      name: 'slots',
      question: 'Are slots free, and who has the others?',
      expected: `at least ${Math.max(1, keepFree)} free, and slots of slotkeeper.yml as the server counts them`,
      source:
        'PostgreSQL manual, "Connections and Authentication" (max_connections, superuser_reserved_connections, reserved_connections)',
    },
    fact,
    ({ settings, sessions }) => {
      const limit = numberOf(settings, 'max_connections');
      const reserved =
        numberOf(settings, 'superuser_reserved_connections') + numberOf(settings, 'reserved_connections');
      // Our own connection takes one, too.
      const used = sessions.reduce((total, one) => total + one.sessions, 1);
      const hidden = sessions.reduce((total, one) => total + one.hidden, 0);
      const free = Math.max(0, limit - reserved - used);
      const about = hidden === 0 ? '' : 'about ';
      const found = `${about}${used} of ${limit} used (our own with them), ${reserved} reserved, ${about}${free} free: ${byUser(sessions)}`;
      if (slots !== null && (slots.limit !== limit || slots.reserved !== reserved)) {
        return {
          verdict: 'warning',
          found: `${found}; slotkeeper.yml says limit ${slots.limit}, reserved ${slots.reserved}`,
          mend: [
            { kind: 'yaml', line: `targets: { ${target}: { slots: { limit: ${limit}, reserved: ${reserved} } } }` },
          ],
        };
      }
      const look: readonly Mend[] =
        slots === null ? [] : [{ kind: 'cli', line: `slotkeeper backends --target ${target}` }];
      return free === 0
        ? { verdict: 'problem', found, mend: look }
        : free < keepFree
          ? { verdict: 'warning', found, mend: look }
          : { verdict: 'ok', found };
    },
  );
}

/** Whether Slotkeeper gets in when no ordinary slot is left, which is when it is needed most. */
export function judgePostgresWayIn(fact: Fact<Pick<PostgresSlotFacts, 'self' | 'settings'>>): Check {
  return checkFact(
    {
      name: 'way-in',
      question: 'Does Slotkeeper get in when no ordinary slot is left?',
      expected:
        'a superuser; or since PostgreSQL 16 the privileges of pg_use_reserved_connections, and reserved_connections of 1 or more',
      source:
        'PostgreSQL source, postinit.c; manual, "reserved_connections"; RDS: rds.rds_superuser_reserved_connections',
    },
    fact,
    ({ self, settings }) => {
      const { user, superuser, mayUseReserved, versionNumber } = self;
      const forSuperusers = numberOf(settings, 'superuser_reserved_connections');
      const forOthers = numberOf(settings, 'reserved_connections');
      const setting: Mend = {
        kind: 'sql',
        line: 'ALTER SYSTEM SET reserved_connections = 2; -- from the next restart',
      };
      const grant: Mend = { kind: 'sql', line: `GRANT pg_use_reserved_connections TO ${quoteIdentifier(user)};` };
      if (superuser) {
        return forSuperusers > 0
          ? { verdict: 'ok', found: `${user} is a superuser, and ${forSuperusers} slots are theirs` }
          : {
              verdict: 'warning',
              found: `${user} is a superuser, but no slot is reserved for superusers`,
              mend: [
                { kind: 'sql', line: 'ALTER SYSTEM SET superuser_reserved_connections = 3; -- from the next restart' },
              ],
            };
      }
      if (versionNumber < RESERVED_SINCE) {
        const found = `${user} is no superuser, and before PostgreSQL 16 no slot can be reserved for anybody else: runs are refused (53300) when all are taken`;
        return { verdict: 'warning', found };
      }
      if (mayUseReserved && forOthers > 0) {
        return { verdict: 'ok', found: `${user} may use the ${forOthers} slots of reserved_connections` };
      }
      const missing = [...(mayUseReserved ? [] : [grant]), ...(forOthers > 0 ? [] : [setting])];
      const found = `${user} ${mayUseReserved ? 'has' : 'has not'} pg_use_reserved_connections, reserved_connections is ${forOthers}: runs are refused (53300) when all ordinary slots are taken`;
      return { verdict: 'warning', found, mend: missing };
    },
  );
}

function byUser(sessions: readonly PostgresSessions[]): string {
  const counts = new Map<string, number>();
  for (const { user, sessions: count } of sessions) {
    counts.set(user, (counts.get(user) ?? 0) + count);
  }
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const rest = sorted.slice(NAMED).reduce((total, [, count]) => total + count, 0);
  const named = sorted.slice(0, NAMED).map(([user, count]) => `${user} ${count}`);
  return [...named, ...(rest === 0 ? [] : [`others ${rest}`])].join(', ') || 'nobody else';
}
