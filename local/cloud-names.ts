/** The region of everything in the embedded cloud. */
export const REGION = 'us-east-1';

/** The account of everything in the embedded cloud. */
export const ACCOUNT_ID = '000000000000';

/** The role that the embedded state machines and rules name; nothing checks it. */
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT_ID}:role/slotkeeper-local`;

/** The credentials of the cloud's own calls; no signature is checked, the key is the caller's identity. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/**
 * Every resource's name in a stage, the same here as in the deployed stack.
 *
 * @param stage e.g. `local`
 */
export function cloudNames(stage: string) {
  const prefix = `slotkeeper-${stage}-`;
  return {
    prefix,
    table: `${prefix}sessions`,
    ownersTopic: `${prefix}owners`,
    operatorsTopic: `${prefix}operators`,
    /** The secret that signs links of notices. */
    snoozeKey: `${prefix}snooze-key`,
    /** The name of a Lambda function, by its key in `serverless.yml`. */
    functionName: (key: string) => `${prefix}${key}`,
    /** The name of a state machine, by its file's name without `.asl.json`. */
    stateMachine: (file: string) => `${prefix}${file}`,
    /** The rule that catches ended statements of the session pool. */
    statementRule: `${prefix}ended-statements`,
    /** The rule that looks after the session pool from time to time. */
    sweepRule: `${prefix}sweep-pools`,
    /** The rule that runs a target on its schedule. */
    scheduleRule: (target: string) => `${prefix}${target}-schedule`,
  };
}

/** An ARN in the embedded cloud's region and account, e.g. `arnOf('sns', 'topic')`. */
export function arnOf(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
}
