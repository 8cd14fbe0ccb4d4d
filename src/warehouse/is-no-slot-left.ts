/**
 * Whether a failed statement's message says that the server had no connection slot for it: SQLSTATE 53300 or one of
 * PostgreSQL's texts for it (postinit.c, all versions), or Redshift's `connection limit "500" exceeded for non-bootstrap
 * users` (brianc/node-postgres#1155). Redshift documents no text, so that a limit's number and users may differ.
 */
export function isNoSlotLeft(message: string): boolean {
  return /\b53300\b|connection limit .*exceeded|too many (clients|connections)|connection slots are reserved/i.test(
    message,
  );
}
