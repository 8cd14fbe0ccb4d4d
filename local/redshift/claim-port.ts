import { createServer } from 'node:net';
import { PortInUseError } from '../port-in-use-error.ts';

/**
 * Finds out early whether a port of 127.0.0.1 is free, so that nothing is set up in vain.
 *
 * PostgreSQL itself binds the port a moment later; that it finds it taken after all is handled where it is started.
 *
 * @param port 0: any free one
 * @returns the port
 * @throws PortInUseError
 */
export async function claimPort(port: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'EADDRINUSE' ? new PortInUseError(port, '--postgres-port', { cause }) : cause);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const claimed = typeof address === 'object' && address ? address.port : port;
      server.close((error) => (error ? reject(error) : resolve(claimed)));
    });
  });
}
