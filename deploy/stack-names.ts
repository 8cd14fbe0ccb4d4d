import { SlotkeeperError } from '../src/errors/slotkeeper-error.ts';

/** The service of serverless.yml; functions are named by it and the stage. */
const SERVICE = 'slotkeeper';

/** Stages whose data nobody deletes by accident. */
const PRODUCTION: readonly string[] = ['prod', 'production'];

/** Names of IAM roles and of EventBridge rules have at most 64 characters (IAM and EventBridge API references). */
const MAX_NAME = 64;

/** `slotkeeper.yml` and the stage are fine, but AWS has no room for what they come to. */
export class NameTooLong extends SlotkeeperError {
  constructor(what: string, name: string) {
    super(
      'NotDeployable',
      `Expected the name of ${what} to have at most ${MAX_NAME} characters, '${name}' has ${name.length}. Take a shorter name for the stage or the target.`,
    );
  }
}

export type StackNames = ReturnType<typeof stackNames>;

/** Every name of a stage's stack; the same as in the embedded cloud, where that has the resource too. */
export function stackNames(stage: string) {
  const prefix = `${SERVICE}-${stage}`;
  return {
    stage,
    prefix,
    /** Whether the table may not be deleted before its protection is taken off: by the stage's name, prod or production. */
    isProduction: PRODUCTION.includes(stage),
    table: `${prefix}-sessions`,
    functionName: (key: string) => `${prefix}-${key}`,
    /** By the name of its file without `.asl.json`. */
    stateMachine: (file: string) => `${prefix}-${file}`,
    /** @throws NameTooLong */
    scheduleRule: (target: string) => fitting(`the schedule of target ${target}`, `${prefix}-${target}-schedule`),
  };
}

function fitting(what: string, name: string): string {
  if (name.length > MAX_NAME) {
    throw new NameTooLong(what, name);
  }
  return name;
}
