import type { Check, CheckVerdict, Mend } from './check.ts';
import type { Fact } from './fact.ts';

/** What a check is about, whatever it finds. */
export interface CheckSubject {
  readonly name: string;
  readonly question: string;
  readonly expected: string;
  readonly source: string;
}

/** What was found of it. */
export interface Finding {
  readonly verdict: CheckVerdict;
  readonly found: string;
  readonly mend?: readonly Mend[];
}

/**
 * Judges a fact if it is there; a fact that could not be had makes the check `cannot-tell`, never one of the others.
 *
 * @param judge must not look at anything but the value
 */
export function checkFact<T>(subject: CheckSubject, fact: Fact<T>, judge: (value: T) => Finding): Check {
  const {
    verdict,
    found,
    mend = [],
  } = fact.known ? judge(fact.value) : { verdict: 'cannot-tell' as const, found: fact.why };
  const { name, question, expected, source } = subject;
  return { name, question, verdict, found, expected, mend, source };
}
