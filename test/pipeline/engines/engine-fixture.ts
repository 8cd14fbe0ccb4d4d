import type pg from 'pg';
import type { LocalCloud } from '../../../local/local-cloud.ts';
import type { VirtualClock } from '../../../local/virtual-clock.ts';
import type { Engine } from '../../../src/config/target-config.ts';

/** What a database user may: only sign in; also see everyone's sessions; also end them. */
export type Right = 'sign-in' | 'see' | 'end';

/** A step of a run that stands still until a test has done what it wants to do meanwhile. */
export interface HeldStep {
  arrived(): Promise<void>;
  release(): Promise<void>;
}

/** A way for a run to get in while every ordinary slot is taken. */
export interface Entry {
  readonly title: string;
  readonly target: string;
}

/** The server behind a pipeline, as its engine has it. */
export interface EngineServer {
  /** Opens a session without the reaper's way to the server; rejects with PostgreSQL's own error. */
  connect(user: string, application: string): Promise<pg.Client>;
  /** The statements that leave an existing user with exactly this right. */
  grant(user: string, right: Right): readonly string[];
  /** What runs have asked of the server so far, by kind of request. Polls do not count. */
  requests(): Readonly<Record<string, number>>;
  /** Resolves once there is something to be seen behind the Wait state that a run is in. */
  waitOver(): Promise<void>;
  /** Holds the next run's first look, or its guarded statement, before the server has it. */
  holdNext(step: 'look' | 'end'): HeldStep;
  /** Puts server and reaper in the position that a run comes in this way. @returns looks afterwards whether it did */
  prepareEntry(entry: Entry): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** All that the shared suite must know of an engine. */
export interface EngineFixture {
  /** As the names of tests tell it. */
  readonly name: string;
  readonly engine: Engine;
  /** File name of its state machine, without `.asl.json`. */
  readonly machine: string;
  readonly database: string;
  /** The user as whom tests set up the server. */
  readonly superuser: string;
  /** The user as whom runs of the target `local` sign in. */
  readonly keeper: string;
  /** Sessions that are there beside those of the suite: of the platform, and of superusers who keep the server going. */
  readonly standing: { readonly system: number; readonly superuser: number };
  /** How many slots ordinary users do not get. */
  readonly reserved: number;
  readonly entries: readonly Entry[];
  /** What tells who is refused for lack of a slot. */
  readonly refusal: string;
  /** Names of the Task states by what they do. */
  readonly states: { readonly look: string; readonly end: string; readonly outcomes: string };
  /** Statements whose ends its runs wait for, as the states are named after them. */
  readonly statements: readonly string[];
  /** What each round of ends and looks asks of the server. */
  readonly requestsPerRound: Readonly<Record<string, number>>;
  /**
   * What is left of a session that ran a short statement between look and end: its state changed, which PostgreSQL's
   * guard compares exactly; on Redshift no view tells that (docs/architecture.md, "What the guard cannot see").
   */
  readonly sparesWhoWasUsed: boolean;
  /**
   * How many rounds it may take when the right to end others is lost: one refusal fails the statement for all on Redshift,
   * so that whoever may be ended is ended in the next one, unless his turn came before the refusal.
   */
  readonly roundsAfterLostRight: readonly number[];
  /** The keys of a target that is entered as this user. */
  signIn(user: string): Readonly<Record<string, unknown>>;
  /** With which error a run fails when there is no server, and when its user is unknown to it. */
  readonly failures: { readonly elsewhere: string; readonly stranger: string };
  /** Keys that lead a target to where no server is. */
  readonly nowhere: Readonly<Record<string, unknown>>;
  /** Once the cloud stands. */
  serve(cloud: LocalCloud, clock: VirtualClock): Promise<EngineServer>;
}
