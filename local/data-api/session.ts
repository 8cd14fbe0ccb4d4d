import type { Backend } from './backend.ts';
import type { Target } from './resolve-target.ts';

export type SessionStatus = 'AVAILABLE' | 'BUSY' | 'CLOSED';

/** What a session is created with. */
export interface SessionRequest {
  readonly id: string;
  readonly owner: string;
  readonly target: Target;
  readonly createdAt: Date;
  readonly aliveSeconds: number;
  /** The statement that opens the session: a new session is busy with it. */
  readonly statementId: string;
}

/** A Data API session; while it lives it owns one backend. */
export class Session {
  readonly request: SessionRequest;
  /** Place in the order of creation. */
  readonly sequence: number;
  status: SessionStatus = 'BUSY';
  updatedAt: Date;
  /** Seconds that the session is kept after a statement's end. */
  aliveSeconds: number;
  /** When it will be closed: the keep-alive's end, or 24 h after creation. */
  closesAt: Date;
  currentStatementId: string | undefined;
  /** Absent while the first statement is still connecting, and after the end. */
  backend: Backend | undefined;
  /** Takes back the alarm that would close the session. */
  takeBackAlarm: () => void = () => undefined;

  constructor(request: SessionRequest, sequence: number, closesAt: Date) {
    this.request = request;
    this.sequence = sequence;
    this.updatedAt = request.createdAt;
    this.aliveSeconds = request.aliveSeconds;
    this.closesAt = closesAt;
    this.currentStatementId = request.statementId;
  }

  get id(): string {
    return this.request.id;
  }
}
