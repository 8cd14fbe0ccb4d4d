import { styleText } from 'node:util';
import type { CliIo, Emphasis } from './cli-io.ts';

const STYLES = { heading: 'bold', warning: 'yellow', danger: 'red', faint: 'dim' } as const satisfies Record<
  Emphasis,
  Parameters<typeof styleText>[0]
>;

/** The process's own streams. Colours only on a terminal, and not with NO_COLOR (node:util decides). */
export function processIo(): CliIo {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      process.exit(process.exitCode ?? 0);
    }
    throw error;
  });
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    width: process.stdout.isTTY ? process.stdout.columns : null,
    emphasise: (emphasis, text) => styleText(STYLES[emphasis], text, { stream: process.stdout }),
  };
}
