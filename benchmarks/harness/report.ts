/** What a benchmark saw. */
export interface Report {
  readonly tables: readonly Table[];
  /** Of the project's budgets, those that these figures concern. */
  readonly budgets: readonly Budget[];
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** One text per column. */
  readonly rows: readonly (readonly string[])[];
  /** What a reader must know to read the figures right. */
  readonly notes?: readonly string[];
}

export interface Column {
  readonly header: string;
  /** @default 'right', since most are figures */
  readonly align?: 'left' | 'right';
}

export interface Budget {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly holds: boolean;
  /**
   * A count or a size is the same on every machine: one that does not hold fails the command. A time or a ratio of times is
   * told, and fails nothing.
   */
  readonly kind: 'count' | 'time';
}
