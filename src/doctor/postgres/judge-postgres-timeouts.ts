import { formatDuration } from '../../notices/format-duration.ts';
import type { Check } from '../check.ts';
import { type CheckSubject, checkFact, type Finding } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import { quoteIdentifier } from '../quote.ts';
import { readSettingMilliseconds } from '../server/read-setting-milliseconds.ts';
import type { PostgresOverride, PostgresSettings } from './postgres-facts.ts';

export interface PostgresTimeoutFacts {
  readonly database: string;
  readonly settings: PostgresSettings;
  readonly overrides: readonly PostgresOverride[];
}

export interface PostgresTimeoutContext {
  /** When a rule first touches an idle session, seconds; null: none does. */
  readonly firstRule: number | null;
  /** How long the most patient rule waits, seconds; null: none ends such sessions. */
  readonly lastEnd: number | null;
}

const SOURCE = 'PostgreSQL manual, "Client Connection Defaults" (statement behaviour)';

/** What the server itself does with forgotten transactions. */
export function judgeIdleInTransactionTimeout(
  fact: Fact<PostgresTimeoutFacts>,
  context: PostgresTimeoutContext,
): Check {
  const subject = {
    name: 'idle-in-transaction',
    question: 'Does the server end forgotten transactions by itself?',
    expected: 'a value longer than the rules wait: a net below Slotkeeper, which warns first',
    source: SOURCE,
  };
  return judge(subject, 'idle_in_transaction_session_timeout', fact, context, ({ database }) => ({
    verdict: 'warning',
    found: 'off: a forgotten transaction holds its locks, and keeps VACUUM from its work, until somebody ends it',
    mend: [
      {
        kind: 'sql',
        line: `ALTER DATABASE ${quoteIdentifier(database)} SET idle_in_transaction_session_timeout = '${net(context)}';`,
      },
    ],
  }));
}

/** What the server itself does with idle sessions. Its page warns of it behind poolers. */
export function judgeIdleSessionTimeout(fact: Fact<PostgresTimeoutFacts>, context: PostgresTimeoutContext): Check {
  const subject = {
    name: 'idle-sessions',
    question: 'Does the server end idle sessions by itself, and does that come before a warning?',
    expected: 'off, or longer than the rules wait: it warns nobody, and poolers do not expect it',
    source: SOURCE,
  };
  return judge(subject, 'idle_session_timeout', fact, context, () => ({
    verdict: 'ok',
    found: 'off: nothing but Slotkeeper ends idle sessions',
  }));
}

/** What the server itself does with long statements, which Slotkeeper never ends. */
export function judgeStatementTimeout(fact: Fact<PostgresTimeoutFacts>): Check {
  const subject = {
    name: 'long-statements',
    question: 'Does the server end long statements by itself?',
    expected: 'as you like: Slotkeeper leaves whoever runs a statement alone, and sets its own for its own statements',
    source: SOURCE,
  };
  return judge(subject, 'statement_timeout', fact, { firstRule: null, lastEnd: null }, () => ({
    verdict: 'ok',
    found: 'off: a statement may hold its slot for ever',
  }));
}

function judge(
  subject: CheckSubject,
  name: string,
  fact: Fact<PostgresTimeoutFacts>,
  { firstRule, lastEnd }: PostgresTimeoutContext,
  whenOff: (facts: PostgresTimeoutFacts) => Finding,
): Check {
  return checkFact(subject, fact, (facts) => {
    const setting = facts.settings.get(name);
    if (setting === undefined) {
      return { verdict: 'ok', found: 'this version of the server does not have it' };
    }
    const own = facts.overrides.filter((one) => one.name === name);
    const told = own.length === 0 ? '' : `; of their own: ${own.map(overrideText).join(', ')}`;
    const milliseconds = Number(setting.value);
    const early = [
      ...(isEarly(milliseconds, firstRule) ? ['the server'] : []),
      ...own.filter(({ value }) => isEarly(readSettingMilliseconds(value), firstRule)).map(overrideText),
    ];
    if (early.length > 0 && firstRule !== null) {
      return {
        verdict: 'warning',
        found: `${milliseconds === 0 ? 'off' : formatDuration(milliseconds / 1000)}${told}; ${early.join(', ')} comes before any rule warns (${formatDuration(firstRule)})`,
        mend:
          own.length === 0
            ? [
                {
                  kind: 'sql',
                  line: `ALTER DATABASE ${quoteIdentifier(facts.database)} SET ${name} = '${net({ firstRule, lastEnd })}';`,
                },
              ]
            : own.map((one) => resetOf(one)),
      };
    }
    if (milliseconds === 0) {
      const { found, ...rest } = whenOff(facts);
      return { ...rest, found: `${found}${told}` };
    }
    return { verdict: 'ok', found: `${formatDuration(milliseconds / 1000)}${told}` };
  });
}

function isEarly(milliseconds: number | null, firstRule: number | null): boolean {
  return milliseconds !== null && milliseconds > 0 && firstRule !== null && milliseconds <= firstRule * 1000;
}

function overrideText({ role, database, value }: PostgresOverride): string {
  const whose = [...(role === '' ? [] : [role]), ...(database === '' ? [] : [`in ${database}`])].join(' ');
  return `${whose} ${value}`;
}

function resetOf({ role, database, name }: PostgresOverride) {
  const place = database === '' ? '' : ` IN DATABASE ${quoteIdentifier(database)}`;
  const line =
    role === ''
      ? `ALTER DATABASE ${quoteIdentifier(database)} RESET ${name};`
      : `ALTER ROLE ${quoteIdentifier(role)}${place} RESET ${name};`;
  return { kind: 'sql', line } as const;
}

/** Twice what the rules wait, an hour where there are none: late enough to be told first. */
/** Well past what any rule announces: a net that is below it would end sessions before their time. */
function net({ firstRule, lastEnd }: PostgresTimeoutContext): string {
  const last = Math.max(firstRule ?? 0, lastEnd ?? 0);
  return last === 0 ? '1h' : `${Math.ceil((last * 2) / 60)}min`;
}
