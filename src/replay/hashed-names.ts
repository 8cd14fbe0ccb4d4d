/** Which of the names in a recording, all hashed, fit a pattern of the policy that recorded it. */
export interface PatternFit {
  readonly pattern: string;
  /** Hashed names. */
  readonly fits: readonly string[];
}

/** What a recording must know of its hashed names so that the policy can be asked about them. */
export interface HashedNames {
  readonly users: readonly PatternFit[];
  readonly clientHosts: readonly PatternFit[];
  /** Owners that clients name in their application_name; absent: the policy believes none. */
  readonly ownerTags?: readonly PatternFit[];
}
