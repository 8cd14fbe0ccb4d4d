import type { Check } from '../check.ts';
import { isLoopbackEndpoint } from '../is-loopback-endpoint.ts';

/**
 * Whether what is asked of AWS travels encrypted.
 *
 * @param endpoint what AWS_ENDPOINT_URL says; null: AWS itself
 */
export function judgeTransport(endpoint: string | null): Check {
  const about = {
    name: 'tls',
    question: 'Is the way to the Data API encrypted?',
    expected: 'https, or a loopback address',
    source: 'AWS page infrastructure-security (Amazon Redshift management guide): clients must support TLS',
  };
  if (endpoint === null) {
    return {
      ...about,
      verdict: 'ok',
      found:
        "https to AWS, certificate verified by the SDK; how the Data API reaches the server is the service's own matter",
      mend: [],
    };
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null) {
    const line = 'export AWS_ENDPOINT_URL=http://127.0.0.1:4566';
    return { ...about, verdict: 'problem', found: 'AWS_ENDPOINT_URL is no URL', mend: [{ kind: 'cli', line }] };
  }
  if (url.protocol === 'https:') {
    return { ...about, verdict: 'ok', found: `https to ${url.host}`, mend: [] };
  }
  return isLoopbackEndpoint(endpoint)
    ? { ...about, verdict: 'ok', found: `unencrypted, but it does not leave this machine (${url.host})`, mend: [] }
    : {
        ...about,
        verdict: 'problem',
        found: `unencrypted to ${url.host}: SQL and credentials can be read on the way`,
        mend: [{ kind: 'cli', line: 'unset AWS_ENDPOINT_URL' }],
      };
}
