/** The error of an action that must fail. */
export async function errorOf(action: Promise<unknown>): Promise<Error & { cause?: unknown }> {
  return action.then(
    () => {
      throw new Error('Expected a rejection.');
    },
    (error: Error) => error,
  );
}
