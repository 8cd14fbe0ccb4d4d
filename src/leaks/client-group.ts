/** By what sessions are put together. */
export const DIMENSIONS = ['user', 'application', 'host', 'driver'] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** What sessions have in common; a dimension by which they were not put together is null. */
export type ClientGroup = Readonly<Record<Dimension, string | null>>;

/** The group of a session. */
export function groupOf(
  session: {
    readonly user: string;
    readonly application: string;
    readonly clientHost: string;
    readonly driver: string;
  },
  by: readonly Dimension[],
): ClientGroup {
  const has = (dimension: Dimension, value: string) => (by.includes(dimension) ? value : null);
  return {
    user: has('user', session.user),
    application: has('application', session.application),
    host: has('host', session.clientHost),
    driver: has('driver', session.driver),
  };
}

/** One text per group, for maps. */
export function groupKey(group: ClientGroup): string {
  return JSON.stringify(DIMENSIONS.map((dimension) => group[dimension]));
}
