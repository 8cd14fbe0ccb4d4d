/** What a script can tell from how a command ended. The numbers are a contract: docs/cli.md lists them. */
export const EXIT = {
  /** There was nothing to do; or the command only shows something, or started a run without waiting for it. */
  nothingToDo: 0,
  /** It was tried and did not work. doctor: a problem. */
  failed: 1,
  /** The command line or slotkeeper.yml is wrong; nothing was tried. */
  usage: 2,
  /** The run warned or ended something; a dry run would have. snooze: kept a session, or took that back. pause, resume: switched a schedule. validate, doctor: warnings only. replay: a difference. */
  acted: 10,
  /** A safeguard said no, or what was asked for does not exist: lock held, cap, canary, an anomalous snapshot, a plan that changed, unknown target, all that was due are sessions whose clients come back at once. Nothing was done. */
  refused: 20,
  /** Ended by a signal, as shells tell it: 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table of `slotkeeper --help`. */
export const EXIT_CODES_HELP = `
Exit codes:
  0   nothing to do (or shown, or started without --wait)
  10  acted: something was warned, ended, snoozed or paused (dry run: would be);
      validate, doctor: warnings only; replay: a difference
  20  refused: lock held, cap exceeded, canary failed, snapshot anomalous, plan changed or expired, unknown target, plan or run,
      only sessions due whose clients come back at once
  1   failed; doctor: a problem
  2   usage: the command line or slotkeeper.yml is wrong
  130 ended by Ctrl-C or another signal (--url, doctor --probe)`;
