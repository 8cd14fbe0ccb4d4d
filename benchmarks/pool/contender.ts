import type { Question } from './question.ts';

/** A way to get queries of one tenant answered. */
export interface Contender {
  readonly name: string;
  readonly tenant: string;
  /** Most sessions that it may have; null: as many as it happens to open. */
  readonly cap: number | null;
  /** Wrong answers of what is known to be no good are counted; of others they end the benchmark. */
  readonly isTrusted: boolean;
  /** Opens what is to be open before the measuring. */
  open(): Promise<void>;
  /** @returns the rows of the answer */
  query(caller: number, question: Question): Promise<readonly (readonly unknown[])[]>;
  /** What follows each query and is not measured; then there is one caller only. */
  afterEach?(): Promise<void>;
}

/** The database user of a tenant. */
export function userOf(tenant: string): string {
  return `tenant_${tenant}`;
}
