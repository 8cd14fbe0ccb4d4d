/** The pages about state machines, and the definitions that they are made from. */
export const STATE_MACHINE_PAGES = [
  { page: 'docs/state-machine.md', file: 'reap-redshift-sessions.asl.json', title: 'The state machine of a run' },
  {
    page: 'docs/state-machine-postgres.md',
    file: 'reap-postgres-sessions.asl.json',
    title: 'The state machine of a run on PostgreSQL',
  },
] as const;
