import type { Engine, TargetConfig } from './target-config.ts';

/** Which server a target is, in words: `cluster analytics-1`, `workgroup reports`, `server db.example.com:5432`. */
export function describeTarget(target: TargetConfig): string {
  return `${SERVER_WORD[target.engine]} ${serverOf(target)}`;
}

/** The server's own name: the cluster's identifier, the workgroup's name, or `host:port`. */
export function serverOf(target: TargetConfig): string {
  switch (target.engine) {
    case 'redshift':
      return target.cluster;
    case 'redshift-serverless':
      return target.workgroup;
    case 'postgres':
      return `${target.host}:${target.port}`;
  }
}

/** What a server of each engine is called. */
export const SERVER_WORD = {
  redshift: 'cluster',
  'redshift-serverless': 'workgroup',
  postgres: 'server',
} as const satisfies Record<Engine, string>;

export const ENGINES = ['redshift', 'redshift-serverless', 'postgres'] as const satisfies readonly Engine[];
