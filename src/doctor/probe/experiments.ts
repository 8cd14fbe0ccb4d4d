import type { Experiment } from './experiment.ts';

const GUESS = 'guess';

function experiment(id: string, question: string, expected: string, source: string): Experiment {
  return { id, question, expected, source };
}

/**
 * What `doctor --probe` tries, by id. The expected answers are the embedded cloud's (docs/embedded-data-api.md,
 * docs/embedded-redshift.md); a test runs them there.
 */
export const EXPERIMENTS = {
  longPoll: experiment(
    'long-poll',
    'Does ExecuteStatement wait for the end with WaitTimeSeconds?',
    'FINISHED',
    'service model',
  ),
  noSession: experiment(
    'no-keep-alive',
    'Is there a SessionId without SessionKeepAliveSeconds?',
    'none',
    'ballerina-platform/module-ballerinax-aws.redshiftdata',
  ),
  sessionQuery: experiment(
    'session-query',
    'Is the session query, which joins system views of several kinds, taken as one statement?',
    'FINISHED',
    GUESS,
  ),
  ownName: experiment(
    'own-user-name',
    'Do system views show the own user without a prefix such as IAM:?',
    'no prefix',
    GUESS,
  ),
  pidOfSession: experiment(
    'redshift-pid',
    'Is RedshiftPid the pg_backend_pid() of the session?',
    'the same',
    'API reference of DescribeStatement',
  ),
  firstReuse: experiment(
    'first-reuse',
    'Is a session taken again as soon as its first statement has ended?',
    'at once',
    GUESS,
  ),
  busySession: experiment(
    'busy-session',
    'What does a busy session answer?',
    'ValidationException: Session is not available',
    'awslabs/mcp#4375 (text), guess (name)',
  ),
  busyListed: experiment('busy-listed', 'What does ListSessions say of it?', 'BUSY', 'service model'),
  cancelled: experiment('cancelled-statement', 'What does a cancelled statement report?', 'ABORTED', GUESS),
  killedStatement: experiment(
    'killed-statement',
    'What does a statement report whose backend is terminated?',
    'FAILED: FATAL: terminating connection due to administrator command',
    GUESS,
  ),
  killedListed: experiment(
    'killed-listed',
    'What does ListSessions say of a session whose backend was terminated, within 20 s?',
    'CLOSED',
    'awslabs/mcp#4587',
  ),
  deadSession: experiment(
    'dead-session',
    'What does such a session answer?',
    'ValidationException: Session is not available',
    'awslabs/mcp#4587',
  ),
  unknownSession: experiment(
    'unknown-session',
    'What does a session answer that never was?',
    'ValidationException: Session with Id: <id> is invalid',
    'awslabs/mcp#4587',
  ),
  unknownListed: experiment(
    'unknown-listed',
    'What does ListSessions say of it?',
    'ResourceNotFoundException',
    'awslabs/mcp#4587',
  ),
  withDatabase: experiment(
    'session-with-database',
    'Is SessionId refused together with Database?',
    'ValidationException',
    'apache/airflow#42218, guess (name)',
  ),
  withPlace: experiment(
    'session-with-place',
    'Is SessionId refused together with the cluster or workgroup?',
    'ValidationException',
    GUESS,
  ),
  keepAliveZero: experiment(
    'keep-alive-zero',
    'Does SessionKeepAliveSeconds 0 close a session after its statement, within 20 s?',
    'CLOSED',
    GUESS,
  ),
  terminateReturns: experiment('terminate-returns', 'What does pg_terminate_backend return?', 'int4 1', GUESS),
  guarded: experiment(
    'guarded-statement',
    'Does the guarded statement of a run, over the session view, end a session?',
    'FINISHED, 1 row, session gone',
    'spotify/luigi, contrib/redshift.py',
  ),
  poisoned: experiment(
    'failed-transaction',
    'What does a session answer after an error in an open transaction?',
    'FAILED: ERROR: current transaction is aborted, commands ignored until end of transaction block',
    'awslabs/mcp#1489',
  ),
  twoStatements: experiment(
    'two-statements',
    'What do two statements in one text come to?',
    'FAILED: ERROR: cannot insert multiple commands into a prepared statement',
    GUESS,
  ),
  cancelEnded: experiment(
    'cancel-ended',
    'What does the cancel of an ended statement answer?',
    'ValidationException: Could not cancel a query that is already in FINISHED state with ID: <id>',
    'grafana/redshift-datasource',
  ),
  resultOfNone: experiment(
    'result-of-none',
    'What does the result of a statement without one answer?',
    'ResourceNotFoundException: Query does not have result. Please check query status with DescribeStatement.',
    'ballerina-platform/module-ballerinax-aws.redshiftdata',
  ),
  unknownStatement: experiment(
    'unknown-statement',
    'What does a statement answer that never was?',
    'ResourceNotFoundException: Query does not exist.',
    'ballerina-platform/module-ballerinax-aws.redshiftdata',
  ),
  sameToken: experiment(
    'client-token',
    'Does a ClientToken stand for its first request, whatever the second one asks?',
    'the first statement',
    GUESS,
  ),
  longParameter: experiment(
    'parameter-length',
    'Is a parameter of 60,000 bytes taken whole?',
    'FINISHED, 60000',
    GUESS,
  ),
  castParameter: experiment(
    'parameter-cast',
    'Is a parameter taken before a cast with two colons?',
    'FINISHED, 7',
    GUESS,
  ),
  unusedParameter: experiment(
    'unused-parameter',
    'Is a parameter that the SQL does not use refused?',
    'ValidationException',
    'aws-samples/getting-started-with-amazon-redshift-data-api#4',
  ),
  rowsPerPage: experiment('rows-per-page', 'How many rows has the first page of 2,500 narrow ones?', '1000', GUESS),
  paddedChar: experiment(
    'padded-char',
    'Are values of char(5) padded with blanks?',
    '5 characters',
    'ballerina-platform/module-ballerinax-aws.redshiftdata',
  ),
} as const satisfies Readonly<Record<string, Experiment>>;

export type ExperimentKey = keyof typeof EXPERIMENTS;

/** What stays open: one identity alone cannot try it, or trying it would harm. */
export const LEFT_OPEN: readonly { readonly experiment: Experiment; readonly why: string }[] = [
  {
    experiment: experiment(
      'another-role',
      'May another role describe, cancel and use what this one has submitted?',
      'no',
      'AWS page data-api-access',
    ),
    why: 'it takes a second role',
  },
  {
    experiment: experiment(
      'session-timeout',
      "Which comes first, SessionKeepAliveSeconds or the user's SESSION TIMEOUT?",
      'the shorter one',
      GUESS,
    ),
    why: 'it would change a database user',
  },
  {
    experiment: experiment('security-definer', 'May a procedure of a superuser end sessions for others?', 'no', GUESS),
    why: 'it would create a procedure',
  },
  {
    experiment: experiment('list-sessions-rate', 'How often may ListSessions be called?', '3 a second', GUESS),
    why: 'it would take the rate from everybody in the account',
  },
  {
    experiment: experiment('waiter-limit', 'How many long polls may wait for one statement?', 'no limit', GUESS),
    why: 'it would take the rate from everybody in the account',
  },
  {
    experiment: experiment(
      'step-functions',
      'Does Step Functions pass on WaitTimeSeconds and listSessions?',
      'unknown',
      GUESS,
    ),
    why: 'it would create a state machine',
  },
  {
    experiment: experiment(
      'reserved-slots',
      'How many slots are left to superusers?',
      'none but those of slots.reserved',
      GUESS,
    ),
    why: 'it would take every slot',
  },
];
