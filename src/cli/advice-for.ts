/** Names of what can go wrong between Slotkeeper and a PostgreSQL server; their messages say what to grant or to correct. */
const OF_THE_SERVER = [
  'HostUnknown',
  'ServerUnreachable',
  'TlsFailed',
  'SignInRefused',
  'PasswordUnavailable',
  'CertificatesUnreadable',
  'DatabaseUnknown',
  'PermissionRefused',
  'QueryRefused',
] as const;

const SERVER_ADVICE =
  'What was not recorded was not done. The message says what to grant or to correct (docs/postgres.md); slotkeeper doctor looks at the rest.';

/** What to do about a run that ended with an error of this name; docs/cli.md repeats the list. */
const ADVICE: Readonly<Record<string, string>> = {
  RunLockHeld: 'Another run of this target is under way: slotkeeper history shows it. Its lock expires by itself.',
  RunInterrupted: 'Nothing is left half done: the next run settles what this one had begun.',
  RunLockLost: 'The run took longer than runs.lockFor and another one has begun. Raise runs.lockFor.',
  CapExceeded:
    'Nothing was ended. Look at the sessions with slotkeeper backends; if they are to go, raise the caps of the target.',
  CanaryFailed:
    'Nothing was ended: what the database user sees is not enough to judge by. The message says what it needs; slotkeeper doctor tells more.',
  SnapshotAnomalous:
    'Nothing was warned or ended. Look at the sessions with slotkeeper backends; sanity of the target says what is believed.',
  PlanChanged: 'slotkeeper run --dry-run shows the plan of now.',
  PlanExpired: 'slotkeeper run --dry-run shows the plan of now. runs.planValidFor says how long one is valid.',
  PlanUnknown: 'Nothing was done. slotkeeper run --dry-run makes a plan and shows its hash.',
  TargetUnknown: 'The deployed slotkeeper.yml does not have this target. Deploy again, or pass another --target.',
  InvalidRunInput: 'The deployed version expects another input. Deploy the version that this command line is of.',
  StatementFailed:
    'Nothing was ended because of it. If a privilege is missing, let dbUser or secretArn name a superuser; then start another run.',
  StatementAborted: 'Somebody cancelled the statement. Start another run.',
  StatementTimedOut:
    'The database did not answer in time and the statement was cancelled. See whether the cluster is busy.',
  ServerGone:
    'The connection to the server broke; what was asked last may have been done. The next run looks anew and settles it.',
  NoSlotLeft:
    'What was not recorded was not done. The message says who gets in when all ordinary slots are taken; slotkeeper doctor tells what is reserved.',
  DataApiFailed:
    'What was not recorded was not done. See that cluster or workgroup of the target are in this region and account; slotkeeper doctor looks at the rest.',
  EngineMismatch: "Start the state machine of the target's engine; slotkeeper run finds it by itself.",
  ...Object.fromEntries(OF_THE_SERVER.map((name) => [name, SERVER_ADVICE])),
  'States.Timeout': 'The run took longer than it may. The lock expires by itself; start another run then.',
};

/** What to do about an error of this name; null: nothing is known of it. */
export function knownAdviceFor(errorName: string): string | null {
  return Object.hasOwn(ADVICE, errorName) ? (ADVICE[errorName] ?? null) : null;
}

/** One sentence that says what to do next. */
export function adviceFor(errorName: string, execution: string): string {
  return (
    knownAdviceFor(errorName) ??
    `See its steps with: aws stepfunctions get-execution-history --execution-arn ${execution} --reverse-order`
  );
}
