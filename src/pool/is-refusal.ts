/** Whether a try was answered by a refusal, such as a ThrottlingException, which did nothing: HTTP 400 to 499. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error && '$metadata' in error)) {
    return false;
  }
  const { $metadata: metadata } = error;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : null;
  return typeof status === 'number' && status >= 400 && status < 500;
}
