import type { DataApi } from './data-api/data-api.ts';
import type { Quotas } from './data-api/data-api-context.ts';
import type { EventBus } from './event-bridge/event-bus.ts';
import type { Timers } from './event-bridge/scheduler.ts';
import type { FaultFile } from './faults/fault-file.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import type { CallCounts } from './http/call-counts.ts';
import type { LambdaService } from './lambda/lambda-service.ts';
import type { LatencyPlan } from './latencies/latency-plan.ts';
import type { InboxMessage } from './messaging/inbox-message.ts';
import type { RedshiftServer } from './redshift/redshift-server.ts';
import type { StateMachineRuntime } from './step-functions/state-machine-runtime.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Something that the embedded cloud has to say. */
export interface CloudLogEntry {
  /** Who says it: a function's output, or a part of the cloud that failed where no caller waits. */
  readonly source: 'lambda' | 'data-api' | 'event-bridge' | 'endpoint';
  readonly text: string;
}

export interface LocalCloudOptions {
  /** The AWS endpoint's port; 0 picks a free one. @default 4566 */
  readonly port?: number;
  /** PostgreSQL's port; 0 picks a free one. @default 5439 */
  readonly postgresPort?: number;
  /** Keeps the databases and the tables here. @default a temporary directory and memory */
  readonly dataDir?: string;
  /** @default a clock of its own, which shows the machine's time until it is advanced */
  readonly clock?: VirtualClock;
  /** Passed to the functions, and read for the schedules. @default ./slotkeeper.yml, which need not exist then */
  readonly configPath?: string;
  /** Part of every resource's name. @default 'local' */
  readonly stage?: string;
  /** Session slots of the server, those reserved for superusers included. @default 100 */
  readonly maxConnections?: number;
  /** Quotas of the Data API that are others than AWS's. @default `DEFAULT_QUOTAS` of the embedded Data API */
  readonly quotas?: Partial<Quotas>;
  /** Whether the schedules of the configuration's targets are enabled. @default true */
  readonly schedules?: boolean;
  /** Directory of the functions. @default functions/ of this package */
  readonly functionsDirectory?: string;
  /** Directory of the state machines. @default state-machines/ of this package */
  readonly stateMachinesDirectory?: string;
  /** Most Lambda containers at once. @default 4 */
  readonly maxContainers?: number;
  /** After so many seconds a function is ended. @default 120 */
  readonly functionTimeoutSeconds?: number;
  /** Added to the containers' environment, e.g. `POWERTOOLS_LOG_LEVEL`. */
  readonly functionEnvironment?: Readonly<Record<string, string>>;
  /** How long a second of a Wait state takes, seconds; less than 1 hurries a test. @default 1, as on AWS */
  readonly waitPace?: number;
  /** Timers of the schedules, so that a test can hold them. @default the machine's */
  readonly scheduleTimers?: Timers;
  /** Faults that are switched on from the start, and by how much the clock of functions is off. @default none */
  readonly faults?: FaultFile;
  /** @default functions' output is dropped, failures become process warnings */
  readonly log?: (entry: CloudLogEntry) => void;
}

/** A running embedded cloud. */
export interface LocalCloud {
  /** What `AWS_ENDPOINT_URL` should be. */
  readonly endpoint: string;
  readonly port: number;
  readonly postgres: { readonly host: string; readonly port: number; readonly database: string; readonly user: string };
  readonly region: string;
  readonly accountId: string;
  readonly clusterIdentifier: string;
  /** The Serverless workgroup that the same server plays for whoever comes in as one of its clients. */
  readonly workgroupName: string;
  readonly database: string;
  readonly stage: string;
  /** ARNs by name, e.g. `slotkeeper-local-reap-redshift-sessions`. */
  readonly stateMachines: Readonly<Record<string, string>>;
  /** Name of the session table. */
  readonly table: string;
  /** ARN of the owners' topic. */
  readonly topicArn: string;
  readonly operatorsTopicArn: string;
  /** What a client's process needs in its environment to reach this cloud. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: VirtualClock;
  readonly redshift: RedshiftServer;
  readonly dataApi: DataApi;
  readonly lambda: LambdaService;
  readonly events: EventBus;
  readonly executions: StateMachineRuntime;
  /** Calls since the start, by `service.Operation`. */
  readonly calls: CallCounts;
  /** Faults of any service's calls, by rule. */
  readonly faults: FaultPlan;
  /** How much longer calls and connections take than they need. */
  readonly latencies: LatencyPlan;
  /** What reached a topic's subscribers and nobody took yet, oldest first. Takes nothing away. */
  inbox(topic: 'owners' | 'operators'): Promise<InboxMessage[]>;
  /** Makes the next so many publishes fail with `AuthorizationErrorException`, which clients do not retry. */
  failNextPublishes(count: number): void;
  /** Ends everything that was started and waits for it. Idempotent. */
  stop(): Promise<void>;
}
