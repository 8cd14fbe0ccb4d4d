import * as z from 'zod';
import { duration, mapping, text, wholeNumber } from '../../src/config/fields.ts';

/** Operations that submit a statement: only theirs can go wrong after the call. */
const SUBMITTING = ['redshift-data.ExecuteStatement', 'redshift-data.BatchExecuteStatement'];

const only = (expected: string) => z.literal(true, expected).optional();

/** What may go wrong with a call. One of them is one fault; they do not add up. */
const effects = {
  /** The call is refused, before or after it was carried out. */
  error: mapping({
    type: text('the name of the error, such as ThrottlingException'),
    message: text('the message of the error').default('Refused by a fault that is switched on.'),
    status: wholeNumber(400, 599).default(400),
    after: z.boolean('true: the call is carried out first').default(false),
  }).optional(),
  /** Carried out, and the connection dropped without an answer. */
  loseAnswer: only('true: the call is carried out, and its answer never arrives'),
  /** Served so much later. */
  delay: duration('1s', '1h').optional(),
  /** Never carried out and never answered: whoever waits in a function runs into its timeout. */
  hang: only('true: no answer until the caller gives up'),
  /** Every Lambda container dies at that moment: whoever called from one never goes on. */
  crash: z.enum(['before', 'after'], 'before or after the call is carried out').optional(),
  stayIn: z.enum(['SUBMITTED', 'PICKED', 'STARTED'], 'SUBMITTED, PICKED or STARTED').optional(),
  fail: text('the error text of a statement that fails').optional(),
  abort: only('true: the statement is aborted'),
  killBackend: only('true: the backend of the statement is ended under it'),
  closeSession: only('true: the session is closed once the statement has ended'),
  /** Every session of the database server is lost; its pids start anew. */
  crashServer: z
    .enum(
      ['before', 'after', 'under'],
      'before or after the call is carried out, or under the statement that it submits',
    )
    .optional(),
  /** The index shows nothing yet of what was written, or what it showed at the first of these calls. */
  staleIndex: z
    .union(
      [z.literal(true), z.literal('frozen')],
      'true: the index shows none of its items; or frozen: it goes on to show what it did at first',
    )
    .optional(),
  /** As EventBridge may: at least once. */
  twice: only('true: the target is started twice'),
  /** The same, so much later. */
  again: duration('1s', '1h').optional(),
};

/** Names of the effects. */
export const EFFECTS = Object.keys(effects) as readonly (keyof typeof effects)[];

/** A rule that reaches its target: nobody called, so nobody can be refused. */
const DELIVERY = 'events.Deliver';

/** Effects of a statement, after it was submitted. */
const OF_STATEMENTS = ['stayIn', 'fail', 'abort', 'killBackend', 'closeSession'] as const;

/** Where an effect can be, when not everywhere. */
function isPossible(
  effect: (typeof EFFECTS)[number],
  { on, crashServer }: { on: string; crashServer?: unknown },
): boolean {
  if ((OF_STATEMENTS as readonly string[]).includes(effect) || (effect === 'crashServer' && crashServer === 'under')) {
    return SUBMITTING.includes(on);
  }
  switch (effect) {
    case 'staleIndex':
      return on === 'dynamodb.Query';
    case 'twice':
    case 'again':
      return on === DELIVERY;
    case 'delay':
      return true;
    default:
      return on !== DELIVERY;
  }
}

/** What to write there instead, as it follows "expected". */
function effectsOf(on: string): string {
  const effects = EFFECTS.filter((other) => isPossible(other, { on })).join(', ');
  return `an effect that ${on} can meet (${effects})`;
}

const TIMES = 'a whole number from 1 to 1000000, or always';

/** One fault: which calls meet it, and what then goes wrong. */
export const faultRule = mapping({
  /** `service.Operation`, as `GET /health` lists them; `events.Deliver` is a rule reaching its target. */
  on: z
    .string('an operation such as dynamodb.PutItem')
    .regex(/^[a-z-]+\.[A-Za-z0-9]+$/, 'an operation such as dynamodb.PutItem'),
  /** Of `lambda.Invoke`: only this function, by its key. */
  function: text('the key of a function, such as planActions').optional(),
  /** The first of these calls that meets it. */
  call: wholeNumber(1, 1_000_000).default(1),
  times: z.union([z.int(TIMES).min(1, TIMES).max(1_000_000, TIMES), z.literal('always', TIMES)], TIMES).default(1),
  ...effects,
}).superRefine((rule, context) => {
  const given = EFFECTS.filter((effect) => rule[effect] !== undefined);
  if (given.length !== 1) {
    context.addIssue({ code: 'custom', message: `exactly one of ${EFFECTS.join(', ')}` });
    return;
  }
  const [effect] = given;
  if (effect !== undefined && !isPossible(effect, rule)) {
    context.addIssue({ code: 'custom', path: [effect], message: effectsOf(rule.on) });
  }
  if (rule.function !== undefined && rule.on !== 'lambda.Invoke') {
    context.addIssue({ code: 'custom', path: ['function'], message: 'function with on: lambda.Invoke only' });
  }
});

export type FaultRule = z.output<typeof faultRule>;

/** How a test or a file writes one. */
export type FaultRuleInput = z.input<typeof faultRule>;
