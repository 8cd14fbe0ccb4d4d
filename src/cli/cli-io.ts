/** What a piece of text means; a terminal may show it in a colour, a file never does. */
export type Emphasis = 'heading' | 'warning' | 'danger' | 'faint';

/** Where a command writes. Everything it says goes through here, so tests read it without a process. */
export interface CliIo {
  /** One line (or several, joined by newlines) of the answer. */
  readonly out: (text: string) => void;
  /** Errors and progress. */
  readonly err: (text: string) => void;
  /** Shows what is being done, in one line that each call replaces; null takes it away. Absent: nobody would see it. */
  readonly progress?: (text: string | null) => void;
  /** Columns of the terminal; null: not a terminal, lines may be as long as they are. */
  readonly width: number | null;
  readonly emphasise: (emphasis: Emphasis, text: string) => string;
}
