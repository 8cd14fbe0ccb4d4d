/**
 * A copy of an error that can be logged: the same name, and a message in which each secret stands as `…`. Nothing else
 * of the error is kept; the SDK's carries the request and the response.
 */
export function withoutSecrets(error: unknown, secrets: readonly string[]): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const safe = new Error(
    secrets.filter((secret) => secret !== '').reduce((text, secret) => text.replaceAll(secret, '…'), message),
  );
  safe.name = name;
  return safe;
}
