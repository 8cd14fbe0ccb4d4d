import { connect, createServer, type Server, type Socket } from 'node:net';

/** A moment of a connection at which everything stands still. */
export interface HeldStatement {
  /** Resolves when a client has sent the statement, which its server has not seen yet. */
  readonly arrived: Promise<void>;
  /** Lets the server have it. */
  release(): void;
  /** Lets the server have it, and the client's connection break before an answer comes. */
  releaseAndBreak(): void;
}

/** A way to a server through which a test sees connections come, and can hold what is said. */
export interface StatementGate {
  readonly port: number;
  /** Connections that came so far. */
  accepted(): number;
  /** Holds the next message of a client that contains this text, e.g. `pg_terminate_backend`. */
  holdNext(text: string): HeldStatement;
  /** Refuses connections, as the port of a server that is gone does; those that stand are let be. */
  shut(): void;
  /** Takes connections again, where it did. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a gate on a free port of 127.0.0.1 before the server that listens on another one. */
export async function openStatementGate(serverPort: number): Promise<StatementGate> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  let armed: {
    readonly text: string;
    readonly arrive: () => void;
    readonly released: Promise<'whole' | 'broken'>;
  } | null = null;

  const join = (client: Socket) => {
    accepted += 1;
    const upstream = connect(serverPort, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      // Each end learns from its own socket that the other one has gone.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    upstream.pipe(client);
    client.on('data', (chunk) => {
      const held = armed !== null && chunk.includes(armed.text) ? armed : null;
      if (held === null) {
        upstream.write(chunk);
        return;
      }
      armed = null;
      client.pause();
      held.arrive();
      void held.released.then((way) => {
        upstream.write(chunk, () => {
          if (way === 'broken') {
            client.destroy();
          }
        });
        client.resume();
      });
    });
    client.on('end', () => upstream.end());
  };
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(join);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return server;
  };
  let server = await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    accepted: () => accepted,
    holdNext(text) {
      const arrived = Promise.withResolvers<void>();
      const released = Promise.withResolvers<'whole' | 'broken'>();
      armed = { text, arrive: arrived.resolve, released: released.promise };
      return {
        arrived: arrived.promise,
        release: () => released.resolve('whole'),
        releaseAndBreak: () => released.resolve('broken'),
      };
    },
    shut: () => void server.close(),
    async reopen() {
      server = await listen(port);
    },
    async close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
