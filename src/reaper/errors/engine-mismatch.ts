import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** A step was given a target of an engine that it does not speak to: the wrong state machine was started. */
export class EngineMismatch extends SlotkeeperError {
  constructor(target: { readonly name: string; readonly engine: string }, expected: string) {
    super(
      'EngineMismatch',
      `Expected target '${target.name}' to be ${expected}, but slotkeeper.yml says engine: ${target.engine}. Start the state machine of its engine: reap-postgres-sessions for postgres, reap-redshift-sessions for the others. Nothing was done on the server.`,
    );
  }
}
