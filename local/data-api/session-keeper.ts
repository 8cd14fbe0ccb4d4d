import type { VirtualClock } from '../virtual-clock.ts';
import type { Backend } from './backend.ts';
import type { ClockAlarms } from './clock-alarms.ts';
import { validationError } from './data-api-error.ts';
import { Session, type SessionRequest } from './session.ts';

/** No session lives longer than 24 h from its creation (API reference, `SessionKeepAliveSeconds`). */
export const SESSION_LIFETIME_MS = 24 * 3_600_000;

/** How long after its end a session's id is still known as one that existed: 24 h, a guess. */
const MEMORY_MS = 24 * 3_600_000;

/** How often sessions that are not known any more are let go. */
const TIDY_EVERY_MS = 60_000;

/** Opens, lends and closes the Data API's sessions. */
export class SessionKeeper {
  readonly #clock: VirtualClock;
  readonly #alarms: ClockAlarms;
  readonly #byId = new Map<string, Session>();
  #sequence = 0;
  #tidiedAt = 0;
  /** Told the statement of a busy session that is forced closed, so that it can be ended. */
  onForcedClose: (statementId: string) => void = () => undefined;

  constructor(clock: VirtualClock, alarms: ClockAlarms) {
    this.#clock = clock;
    this.#alarms = alarms;
  }

  /** Begins a session that is busy with the statement that opens it. */
  open(request: SessionRequest): Session {
    this.#tidy();
    const capAt = new Date(request.createdAt.getTime() + SESSION_LIFETIME_MS);
    this.#sequence += 1;
    const session = new Session(request, this.#sequence, capAt);
    this.#byId.set(session.id, session);
    this.#closeAt(session, capAt);
    return session;
  }

  /**
   * Lends an available session to a statement.
   *
   * @throws {DataApiError} the texts seen of the service: `Session is not available` whether it is busy or closed,
   *   `Session with Id: … is invalid` for one that never was (awslabs/mcp#4375, #4587) or is another identity's (guess)
   */
  acquire(id: string, owner: string, statementId: string): Session {
    const session = this.find(id, owner);
    if (session === undefined) throw validationError(`Session with Id: ${id} is invalid`);
    if (session.status !== 'AVAILABLE') throw validationError('Session is not available');
    this.#change(session, 'BUSY', statementId);
    // From here on only the 24 hours can close it; keep-alive counts from the end of the statement.
    this.#closeAt(session, this.#cap(session));
    return session;
  }

  /** Gives a session its backend; one that the server ends closes the session at once. */
  attach(session: Session, backend: Backend): void {
    session.backend = backend;
    backend.onLost(() => this.#markClosed(session));
  }

  /** Takes a session back after a statement: its keep-alive begins now. */
  async release(session: Session): Promise<void> {
    if (session.status === 'CLOSED' || session.backend === undefined || session.aliveSeconds === 0) {
      return this.close(session);
    }
    this.#change(session, 'AVAILABLE', undefined);
    const idleUntil = this.#clock.now().getTime() + session.aliveSeconds * 1000;
    this.#closeAt(session, new Date(Math.min(idleUntil, this.#cap(session).getTime())));
  }

  /** Ends a session and its backend. Idempotent. */
  async close(session: Session): Promise<void> {
    this.#markClosed(session);
    const { backend } = session;
    session.backend = undefined;
    await backend?.close();
  }

  /** A session of this owner, closed ones included while they are remembered. */
  find(id: string, owner: string): Session | undefined {
    const session = this.#byId.get(id);
    return session?.request.owner === owner && !this.#isForgotten(session) ? session : undefined;
  }

  /** All remembered sessions in the order of their creation. */
  all(): Session[] {
    return [...this.#byId.values()].filter((session) => !this.#isForgotten(session));
  }

  /** Sessions that are not closed: what the quota of active sessions counts. */
  get activeCount(): number {
    return this.all().filter(({ status }) => status !== 'CLOSED').length;
  }

  #closeAt(session: Session, moment: Date): void {
    session.takeBackAlarm();
    session.closesAt = moment;
    session.takeBackAlarm = this.#alarms.at(moment.getTime(), async () => {
      if (session.status !== 'BUSY') return this.close(session);
      // The statement's own end closes the backend: see release.
      const { currentStatementId } = session;
      this.#markClosed(session);
      if (currentStatementId !== undefined) this.onForcedClose(currentStatementId);
    });
  }

  #markClosed(session: Session): void {
    if (session.status === 'CLOSED') return;
    session.takeBackAlarm();
    this.#change(session, 'CLOSED', undefined);
    session.closesAt = this.#clock.now();
  }

  #change(session: Session, status: Session['status'], statementId: string | undefined): void {
    session.status = status;
    session.currentStatementId = statementId;
    session.updatedAt = this.#clock.now();
  }

  #cap(session: Session): Date {
    return new Date(session.request.createdAt.getTime() + SESSION_LIFETIME_MS);
  }

  #isForgotten({ status, updatedAt }: Session): boolean {
    return status === 'CLOSED' && updatedAt.getTime() + MEMORY_MS <= this.#clock.now().getTime();
  }

  #tidy(): void {
    const now = this.#clock.now().getTime();
    if (now < this.#tidiedAt + TIDY_EVERY_MS) return;
    this.#tidiedAt = now;
    for (const [id, session] of this.#byId) if (this.#isForgotten(session)) this.#byId.delete(id);
  }
}
