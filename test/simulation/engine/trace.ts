const KEPT = 400;

/** What happened, line by line: the newest lines, and a hash of all of them, by which two runs are compared. */
export class Trace {
  readonly #lines: string[] = [];
  readonly #keepAll: boolean;
  #a = 0x811c9dc5;
  #b = 0x1b873593;
  count = 0;

  constructor(keepAll = false) {
    this.#keepAll = keepAll;
  }

  add(line: string): void {
    this.count += 1;
    for (let index = 0; index < line.length; index += 1) {
      const code = line.charCodeAt(index);
      this.#a = Math.imul(this.#a ^ code, 0x01000193);
      this.#b = Math.imul(this.#b ^ code, 0x85ebca6b) ^ (this.#b >>> 13);
    }
    this.#lines.push(line);
    if (!this.#keepAll && this.#lines.length > 2 * KEPT) {
      this.#lines.splice(0, KEPT);
    }
  }

  /** 16 hexadecimal digits that stand for every line in its order. */
  get hash(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
