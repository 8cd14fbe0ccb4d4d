import { styleText } from 'node:util';
import type { CliIo, Emphasis } from './cli-io.ts';

const STYLES = { heading: 'bold', warning: 'yellow', danger: 'red', faint: 'dim' } as const satisfies Record<
  Emphasis,
  Parameters<typeof styleText>[0]
>;

/** Columns of a terminal; null: it is none, or one that does not say its size (0), as those that `script` and CI make. */
function columnsOf({ isTTY, columns }: NodeJS.WriteStream): number | null {
  return isTTY && columns > 0 ? columns : null;
}

/** Where a terminal does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** One line that is written over: back to its beginning, and what stands there is erased. */
function progressOn(stream: NodeJS.WriteStream): (text: string | null) => void {
  let shown = false;
  return (text) => {
    if (text !== null || shown) {
      stream.write(`\r\u001b[K${(text ?? '').slice(0, (columnsOf(stream) ?? USUAL_COLUMNS) - 1)}`);
    }
    shown = text !== null;
  };
}

/** The process's own streams. Colours only on a terminal, and not with NO_COLOR (node:util decides). */
export function processIo(): CliIo {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      process.exit(process.exitCode ?? 0);
    }
    throw error;
  });
  const progress = process.stderr.isTTY ? progressOn(process.stderr) : undefined;
  const write = (stream: NodeJS.WriteStream) => (text: string) => {
    progress?.(null);
    stream.write(`${text}\n`);
  };
  return {
    ...(progress === undefined ? {} : { progress }),
    out: write(process.stdout),
    err: write(process.stderr),
    width: columnsOf(process.stdout),
    emphasise: (emphasis, text) => styleText(STYLES[emphasis], text, { stream: process.stdout }),
  };
}
