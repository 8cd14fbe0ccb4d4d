/** Says that a request was carried out and its answer must never reach the caller: a fault that a test asked for. */
export class AnswerLostError extends Error {
  override readonly name = 'AnswerLostError';

  constructor(operation: string) {
    super(`The answer of ${operation} was lost, as a test asked for. The operation itself was carried out.`);
  }
}
