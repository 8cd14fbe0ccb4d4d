import { request } from 'node:http';

/** A request as nobody's library would let it through. */
export interface RawRequest {
  readonly method?: string;
  /** Sent as it is, not normalised. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export interface RawReply {
  readonly status: number;
  readonly text: string;
}

/** A request that is not answered by then counts as hanging. */
const PATIENCE_MS = 10_000;

/** Sends a request on a connection of its own and waits for the whole answer. */
export function sendRaw(port: number, { method = 'POST', path = '/', headers = {}, body = '' }: RawRequest) {
  return new Promise<RawReply>((resolve, reject) => {
    const bytes = Buffer.from(body);
    const sent = request(
      { host: '127.0.0.1', port, method, path, agent: false, headers: { ...headers, 'content-length': bytes.length } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
        response.on('error', reject);
      },
    );
    sent.setTimeout(PATIENCE_MS, () => sent.destroy(new Error(`No answer within ${PATIENCE_MS} ms.`)));
    sent.on('error', reject);
    sent.end(bytes);
  });
}
