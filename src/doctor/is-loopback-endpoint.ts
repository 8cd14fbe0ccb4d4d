const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether an endpoint is on this machine: what is sent there does not leave it. */
export function isLoopbackEndpoint(endpoint: string): boolean {
  return URL.canParse(endpoint) && LOOPBACK.has(new URL(endpoint).hostname);
}
