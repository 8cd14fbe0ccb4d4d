/** Counts the calls that the embedded cloud answered, by `service.Operation`, so that budgets can be measured. */
export class CallCounts {
  readonly #counts = new Map<string, number>();

  /** Notes one call, whether it came over HTTP or from the state machine in the same process. */
  add(service: string, operation: string): void {
    const key = `${service}.${operation}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Calls of one service's operation, or of the whole service when no operation is named. */
  of(service: string, operation?: string): number {
    if (operation !== undefined) {
      return this.#counts.get(`${service}.${operation}`) ?? 0;
    }
    let sum = 0;
    for (const [key, count] of this.#counts) {
      sum += key.startsWith(`${service}.`) ? count : 0;
    }
    return sum;
  }

  /** All counts as they are now, e.g. `{ 'redshift-data.ExecuteStatement': 2 }`. */
  all(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => a.localeCompare(b)));
  }

  reset(): void {
    this.#counts.clear();
  }
}
