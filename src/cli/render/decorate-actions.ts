import type { CliIo } from '../cli-io.ts';

/** Colours the cells of an ACTION or VERDICT column and the header line; for `formatColumns`. */
export function decorateActions(io: CliIo): (text: string, row: number | null, header: string) => string {
  return (text, row, header) => {
    if (row === null) {
      return io.emphasise('heading', text);
    }
    if (header !== 'ACTION' && header !== 'VERDICT') {
      return text;
    }
    const word = text.trim();
    return word === 'kill' ? io.emphasise('danger', text) : word === 'warn' ? io.emphasise('warning', text) : text;
  };
}
