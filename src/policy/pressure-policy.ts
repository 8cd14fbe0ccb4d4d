/** When a target's rules may end backends, and how their thresholds shrink while too few slots are free. */
export interface PressurePolicy {
  /**
   * `always`: whatever is due by the rules' own thresholds is ended, however many slots are free.
   * `below-keep-free`: nothing is ended unless fewer slots are free than are to be kept free, and then no more than needed.
   */
  readonly terminate: 'always' | 'below-keep-free';
  /** In how many equal steps the thresholds go from a rule's own to those of its `whenFreeSlotsBelow`. */
  readonly steps: number;
}

/** What a target has that says nothing about pressure. */
export const NO_PRESSURE: PressurePolicy = { terminate: 'always', steps: 1 };
