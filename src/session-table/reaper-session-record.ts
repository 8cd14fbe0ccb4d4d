/** The Data API session that the reaper keeps for itself, so that it gets in when no slot is left. */
export interface ReaperSessionRecord {
  readonly target: string;
  /** A capability: never logged, never put into state-machine data. */
  readonly sessionId: string;
  /** Where it signed in and as whom ({@link signInOf}); a target that changed since needs another session. */
  readonly signIn: string;
  readonly version: number;
  readonly createdAt: string;
}
