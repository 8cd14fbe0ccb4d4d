/** Everything is due at once, so that no test waits: the first run warns, the second one ends. */
export const AT_ONCE_CONFIG = `
targets:
  local:
    engine: redshift
    cluster: local
    database: dev
    dbUser: awsuser
    slots: { limit: 50, keepFree: 5 }
    caps: { maxTerminations: 5, maxShare: 90% }
    policy: default
policies:
  default:
    - { name: etl-is-exempt, match: { user: 'etl_*' }, keep: true }
    - { name: at-once, match: { user: 'bi_*' }, warnAfter: 0s, terminateAfter: 0s, grace: 0s }
    - { name: unannounced, match: { user: 'web_*' }, terminateAfter: 0s, notice: none }
    - { name: everyone-else, warnAfter: 30m, terminateAfter: 1h, grace: 15m }
notices:
  defaultOwner: data-platform@example.com
runs:
  pollWaits: [0s, 0s, 0s, 0s, 1s, 2s, 5s]
  settle: { rounds: 10, wait: 0s }
`;
