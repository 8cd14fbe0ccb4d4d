/** The people and programs of the demonstration, by database user. */
export const DEMO_USERS = {
  dashboards: 'bi_dashboards',
  leakingApp: 'web_shop',
  etl: 'etl_nightly',
  forgetful: 'ana',
  busy: 'reporting',
  returning: 'ben',
  leaving: 'cleo',
} as const;
