import type { Deployment } from './deployment.ts';

/** Finds what is deployed in one account and region. */
export interface Deployments {
  /** The region that is asked; null: none, it is this process. */
  region(): Promise<string | null>;
  /** The stage of that name; null: there is none. */
  find(stage: string): Promise<Deployment | null>;
  /** Every stage, by name. */
  list(): Promise<readonly Deployment[]>;
}
