import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** The input of an execution is not `{ "target": string, "dryRun"?: boolean, "apply"?: { "hash", "runId" }, "record"?: boolean }`. */
export class InvalidRunInput extends SlotkeeperError {
  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(
      'InvalidRunInput',
      `Expected the input {"target": string, "dryRun": boolean (optional), "apply": {"hash", "runId"} (optional), "record": boolean (optional)}: ${problems.join('; ')}. Nothing was done.`,
      options,
    );
  }
}
