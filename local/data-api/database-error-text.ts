import pg from 'pg';

/**
 * The text that `DescribeStatement.Error` shows: PostgreSQL's severity and message, and the fields that Amazon's driver
 * puts on lines of their own (`ERROR: syntax error …\n  Position: 60`, aws/aws-sdk-pandas#3024).
 */
export function databaseErrorText(error: unknown): string {
  if (!(error instanceof pg.DatabaseError)) return error instanceof Error ? error.message : String(error);
  const { severity, message, detail, hint, position, where } = error;
  return [
    `${severity ?? 'ERROR'}: ${message}`,
    ...(detail === undefined ? [] : [`Detail: ${detail}`]),
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
    ...(position === undefined ? [] : [`Position: ${position}`]),
    ...(where === undefined ? [] : [`Where: ${where}`]),
  ].join('\n  ');
}

/**
 * The text for a connection that the server refused. It ends with the SQLSTATE, which says what the wording of a
 * PostgreSQL version does not (53300: no slot left); that line is this emulator's own.
 */
export function connectionErrorText(error: unknown): string {
  const text = databaseErrorText(error);
  return error instanceof pg.DatabaseError && error.code !== undefined ? `${text}\n  SQLState: ${error.code}` : text;
}
