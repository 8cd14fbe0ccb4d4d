import type { SimulatedBackend } from '../../support/simulated-backend.ts';
import type { Scheduler } from '../engine/scheduler.ts';

/** How a backend came to be, which decides what may happen to it. */
export type BackendKind = 'client' | 'exempt' | 'superuser' | 'system' | 'reaper' | 'tenant';

/** A server session of the simulated cluster; its times are by the server's clock. */
export interface ClusterBackend extends SimulatedBackend {
  readonly kind: BackendKind;
  /** Where a running statement shows: a leader node's only in STV_RECENTS, another one's only in STV_INFLIGHT. */
  shownIn: 'inflight' | 'recents';
  alive: boolean;
  /** It was signalled and has not died yet. */
  doomed: boolean;
  /** It died of a signal. */
  endedBySignal: boolean;
  /** The Data API session that owns it. */
  readonly session: string | null;
}

/** How a backend ended. */
export type Death = 'closed' | 'signalled' | 'restart' | 'killed';

/** Few, so that pids are soon used again. */
const PIDS = 40;
const FIRST_PID = 1_000;
/** No pid is given out again within this time: two sessions of one pid never begin in the same second. */
const PID_REST_MS = 2_000;

/** Backends with pids that are used again soon, a clock of its own, and restarts after which pids start anew. */
export class Cluster {
  readonly scheduler: Scheduler;
  /** Milliseconds by which the server's clock is ahead of the true time. */
  readonly skewMs: number;
  /** By pid, those alive. */
  readonly backends = new Map<number, ClusterBackend>();
  /** Whether the asking user sees everybody. */
  seesEveryone = true;
  onDeath: (backend: ClusterBackend, death: Death) => void = () => undefined;
  readonly #rested = new Map<number, number>();
  readonly #pids: number;
  #restartedAt = Number.NEGATIVE_INFINITY;

  /** @param pids how many sessions it has room for */
  constructor(scheduler: Scheduler, skewMs: number, pids = PIDS) {
    this.scheduler = scheduler;
    this.skewMs = skewMs;
    this.#pids = pids;
  }

  now(): Date {
    return new Date(this.scheduler.now + this.skewMs);
  }

  /** @returns null where no pid is free, or the server is not yet up again */
  open(sketch: {
    kind: BackendKind;
    user: string;
    application: string;
    session?: string;
    denied?: boolean;
    outlives?: number;
    /** Which pid, if it is free, whether or not it has rested. */
    pid?: number;
  }): ClusterBackend | null {
    const isFree = sketch.pid !== undefined && !this.backends.has(sketch.pid);
    const pid = isFree ? sketch.pid : this.#freePid();
    if (pid === undefined || pid === null || this.scheduler.now - this.#restartedAt < 3_000) {
      return null;
    }
    const now = this.now();
    const backend: ClusterBackend = {
      pid,
      startedAt: new Date(Math.floor(now.getTime() / 1000) * 1000),
      user: sketch.user,
      database: 'dev',
      application: sketch.application,
      superuser: sketch.kind === 'superuser' || sketch.kind === 'reaper',
      lastActiveAt: now,
      running: false,
      holdsLocks: false,
      transactionStartedAt: null,
      denied: sketch.denied ?? false,
      outlives: sketch.outlives ?? 0,
      blocks: 0,
      kind: sketch.kind,
      shownIn: 'inflight',
      alive: true,
      doomed: false,
      endedBySignal: false,
      session: sketch.session ?? null,
    };
    this.backends.set(pid, backend);
    this.scheduler.note(`server: ${pid} opened by ${sketch.user}`);
    return backend;
  }

  begin(backend: ClusterBackend): void {
    backend.running = true;
    backend.shownIn = this.scheduler.random.pick(['inflight', 'recents'] as const);
    backend.lastActiveAt = this.now();
  }

  finish(backend: ClusterBackend): void {
    backend.running = false;
    backend.lastActiveAt = this.now();
  }

  /** `pg_terminate_backend`: it only signals; the backend dies a little later, or outlives it. */
  signal(backend: ClusterBackend): void {
    if (backend.outlives > 0) {
      backend.outlives -= 1;
      this.scheduler.note(`server: ${backend.pid} outlives a signal`);
      return;
    }
    if (backend.doomed) {
      // Where the first signal waits until the backend looks after it, a second one waits with it.
      this.scheduler.note(`server: ${backend.pid} was signalled before`);
      return;
    }
    const { random } = this.scheduler;
    backend.doomed = true;
    const delay = random.chance(0.1) ? random.between(5_000, 40_000) : random.between(1, 1_500);
    this.scheduler.after(delay, '', () => this.end(backend, 'signalled'));
  }

  end(backend: ClusterBackend, death: Death): void {
    if (!backend.alive) {
      return;
    }
    backend.alive = false;
    backend.endedBySignal = death === 'signalled';
    this.backends.delete(backend.pid);
    this.#rested.set(backend.pid, this.scheduler.now + PID_REST_MS);
    this.scheduler.note(`server: ${backend.pid} of ${backend.user} ${death}`);
    this.onDeath(backend, death);
  }

  /** Everybody is gone, and pids start anew. */
  restart(): void {
    this.scheduler.note('server: restart');
    this.#restartedAt = this.scheduler.now;
    for (const backend of [...this.backends.values()]) {
      this.end(backend, 'restart');
    }
    this.#rested.clear();
  }

  #freePid(): number | null {
    const { random, now } = this.scheduler;
    const from = now - this.#restartedAt < 120_000 ? 0 : random.between(0, this.#pids - 1);
    for (let offset = 0; offset < this.#pids; offset += 1) {
      const pid = FIRST_PID + ((from + offset) % this.#pids);
      if (!this.backends.has(pid) && (this.#rested.get(pid) ?? 0) <= now) {
        return pid;
      }
    }
    return null;
  }
}
