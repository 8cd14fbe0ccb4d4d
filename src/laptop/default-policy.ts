/**
 * What a run by URL does without `--policy`: as slotkeeper.yml would say it. It is on the strict side of patience, since
 * nobody has agreed to it; docs/laptop.md shows it, and a dry run names its limits.
 */
export const DEFAULT_POLICY = `policies:
  default:
    - name: idle-in-transaction
      match: { activity: [idle-in-transaction, idle-in-transaction-aborted, idle-in-transaction-holding-locks] }
      warnAfter: 10m
      terminateAfter: 30m
      grace: 10m
    - name: idle
      warnAfter: 30m
      terminateAfter: 1h
      grace: 15m
`;
