/** The keys by which links are signed and checked. */
export interface LinkKeys {
  /** The key of today. */
  signing(): Promise<Buffer>;
  /**
   * Those by which a link may have been signed: the key of today first, then the one before it.
   *
   * @param fresh read them anew, unless that has just been done: they may have been rotated since
   */
  accepted(fresh: boolean): Promise<readonly Buffer[]>;
}
