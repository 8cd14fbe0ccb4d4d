import type { SanityLimits } from '../policy/check-sanity.ts';
import type { PressurePolicy } from '../policy/pressure-policy.ts';
import type { Rule } from '../policy/rule.ts';
import type { Slots } from '../policy/slots.ts';
import type { ThrashLimits } from '../policy/thrash-limits.ts';
import type { PoolConfig, WorkgroupPoolConfig } from './pool-config.ts';

/** What every target has, whatever its engine. */
interface AnyTarget {
  readonly name: string;
  readonly database: string;
  /** `rate(…)` or `cron(…)`; null: only run by hand. */
  readonly schedule: string | null;
  /** Whether the deployed schedule starts runs. */
  readonly enabled: boolean;
  readonly slots: Slots;
  readonly caps: {
    /** Most terminations of one run. */
    readonly maxTerminations: number;
    /** Most terminations of one run as a share (0 to 1) of all backends seen. */
    readonly maxShare: number;
  };
  readonly pressure: PressurePolicy;
  readonly sanity: SanityLimits;
  /** Null: clients that come back at once are ended all the same. */
  readonly thrash: ThrashLimits | null;
  /** First match wins. */
  readonly rules: readonly Rule[];
}

/** A provisioned Redshift cluster, asked through the Data API. */
export interface RedshiftTarget extends AnyTarget {
  readonly engine: 'redshift';
  readonly cluster: string;
  /** Who signs in: exactly one of the two, or neither (then IAM maps the caller). */
  readonly dbUser: string | null;
  readonly secretArn: string | null;
  /** Null: tenants do not query this target. */
  readonly pool: PoolConfig | null;
}

/** A Redshift Serverless workgroup, asked through the Data API, which knows no `DbUser` there. */
export interface RedshiftServerlessTarget extends AnyTarget {
  readonly engine: 'redshift-serverless';
  readonly workgroup: string;
  /** It ends in the workgroup's id, which the name does not tell; null: rights are given on all workgroups of the account. */
  readonly workgroupArn: string | null;
  /** Null: IAM maps the caller. */
  readonly secretArn: string | null;
  /** Null: tenants do not query this target. */
  readonly pool: WorkgroupPoolConfig | null;
}

/** How a PostgreSQL connection proves who it is. */
export type PostgresAuth =
  /** A Secrets Manager secret: JSON with `password`. */
  | { readonly kind: 'secret'; readonly secretArn: string }
  /** A token of RDS IAM authentication; region null: that of the process. */
  | { readonly kind: 'iam'; readonly region: string | null }
  /** A password that came with a URL or the environment of the command line; never from the file. */
  | { readonly kind: 'url-password' };

/** How a PostgreSQL connection is encrypted. */
export type PostgresTls =
  /** Encrypted, certificate and host name verified; `ca`: path of a PEM file, null: the authorities of Node. */
  | { readonly mode: 'verify-full'; readonly ca: string | null }
  /** Not encrypted: for hosts of this machine only. */
  | { readonly mode: 'off' };

/** A PostgreSQL server, connected to directly. */
export interface PostgresTarget extends AnyTarget {
  readonly engine: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly auth: PostgresAuth;
  readonly tls: PostgresTls;
  /** Where the functions that connect to it run; null: outside of any VPC. */
  readonly vpc: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] } | null;
  /** PostgreSQL has no Data API sessions to share. */
  readonly pool: null;
}

/** One target of `slotkeeper.yml`. Times are whole seconds. */
export type TargetConfig = RedshiftTarget | RedshiftServerlessTarget | PostgresTarget;

/** A target that is asked through the Redshift Data API. */
export type DataApiTarget = RedshiftTarget | RedshiftServerlessTarget;

export function isDataApiTarget(target: TargetConfig): target is DataApiTarget {
  return target.engine !== 'postgres';
}

export type Engine = TargetConfig['engine'];
