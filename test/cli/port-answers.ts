import { connect } from 'node:net';

/** Whether somebody listens on the loopback port of a URL. */
export async function portAnswers(url: string): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
  return await new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).then((answers) => {
    socket.destroy();
    return answers === true;
  });
}
