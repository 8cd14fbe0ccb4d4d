import { type DataApiErrorKind, dataApiErrorKind } from './data-api-error-kind.ts';
import { DataApiFailed } from './data-api-failed.ts';
import { StatementUnknown } from './statement-unknown.ts';
import { withoutSecrets } from './without-secrets.ts';

/** How the adapters of one target speak of what the Data API did not do. No error holds SQL text or a SessionId. */
export interface DataApiCalls {
  /** @param secrets texts that must not appear in the error, e.g. the SQL that was sent */
  failed(operation: string, error: unknown, secrets?: readonly string[]): DataApiFailed;
  /** The error for an answer in which a member is missing or of an unknown value. */
  answerWithout(operation: string, member: string): DataApiFailed;
  /**
   * Sends a request about a statement; an error of the expected kind is answered by null.
   *
   * @throws StatementUnknown when the service has forgotten the statement; DataApiFailed for any other error
   */
  ask<T>(
    operation: string,
    statementId: string,
    expected: DataApiErrorKind | null,
    send: () => Promise<T>,
  ): Promise<T | null>;
}

/** @param target the target's name, which the messages tell */
export function dataApiCalls(target: string): DataApiCalls {
  const failed: DataApiCalls['failed'] = (operation, error, secrets = []) => {
    const cause = withoutSecrets(error, secrets);
    const about = { operation, target, reason: cause.name };
    return new DataApiFailed(about, `the Data API answered ${cause.name}: ${cause.message}`, { cause });
  };
  return {
    failed,
    answerWithout(operation, member) {
      const about = { operation, target, reason: null };
      return new DataApiFailed(about, `expected the answer to have a known ${member}.`);
    },
    async ask(operation, statementId, expected, send) {
      try {
        return await send();
      } catch (error) {
        const kind = dataApiErrorKind(error);
        if (kind === expected) {
          return null;
        }
        throw kind === 'statement-unknown'
          ? new StatementUnknown(statementId, { cause: withoutSecrets(error, []) })
          : failed(operation, error);
      }
    },
  };
}
