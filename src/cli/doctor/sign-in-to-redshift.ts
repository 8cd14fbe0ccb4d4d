import * as z from 'zod';
import { flag, paddedText } from '../../backends/row-fields.ts';
import { REDSHIFT_QUESTIONS } from '../../doctor/server/redshift-questions.ts';
import { DataApiFailed } from '../../warehouse/data-api-failed.ts';
import type { Row } from '../../warehouse/warehouse.ts';
import { type AskingWorld, SessionQueryFailed } from '../ask-warehouse.ts';
import { askRow } from './ask-row.ts';
import { inOneLine } from './in-one-line.ts';

/** How an ordinary sign-in went, and as whom. */
export interface SignedIn {
  readonly user: string;
  readonly database: string;
  /** What the server calls itself, without the compiler that built it. */
  readonly version: string;
  readonly superuser: boolean;
  readonly milliseconds: number;
}

const signInRow = z.object({
  user_name: paddedText,
  database_name: paddedText,
  version: paddedText,
  is_superuser: flag,
});

/** What the server, or the Data API for it, said instead of letting us in: one line. */
export interface NotLetIn {
  readonly error: string;
}

/** Signs in as an ordinary session does. */
export async function signInToRedshift(
  world: AskingWorld,
  target: string,
  now: () => Date,
): Promise<SignedIn | NotLetIn> {
  const before = now();
  let answer: Row;
  try {
    answer = await askRow(world, target, 'sign-in', REDSHIFT_QUESTIONS.signIn);
  } catch (error) {
    if (error instanceof SessionQueryFailed || (error instanceof DataApiFailed && error.reason !== null)) {
      return { error: inOneLine(error.message) };
    }
    throw error;
  }
  const row = signInRow.parse(answer);
  return {
    user: row.user_name,
    database: row.database_name,
    version: shortVersion(row.version),
    superuser: row.is_superuser,
    milliseconds: now().getTime() - before.getTime(),
  };
}

/** `PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC …, Redshift 1.0.12345` → `Redshift 1.0.12345`. */
function shortVersion(version: string): string {
  return /Redshift [\d.]+/.exec(version)?.[0] ?? /^\S+ [\d.]+/.exec(version)?.[0] ?? version;
}
