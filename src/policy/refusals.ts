/** Refusals that come before anything was done. */
export const REFUSALS_BEFORE_ACTING: readonly string[] = ['CapExceeded', 'PlanChanged', 'PlanExpired', 'PlanUnknown'];

/** Names of the errors by which a run refuses to act, rather than fails to. */
export const RUN_REFUSALS: readonly string[] = [...REFUSALS_BEFORE_ACTING, 'CanaryFailed', 'SnapshotAnomalous'];
