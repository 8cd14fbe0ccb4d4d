import { hashText } from './hash-text.ts';

/** Who holds sessions, as rules see it: all sessions with the same three are one client's. */
export interface Client {
  /** As the server shows it, with the prefix of temporary credentials. */
  readonly user: string;
  /** `application_name`; empty when the server does not tell. */
  readonly application: string;
  /** Empty when the server does not tell. */
  readonly clientHost: string;
}

/** The client of a backend, or of a record of one. */
export function clientOf(backend: {
  readonly identity: { readonly user: string };
  readonly application: string;
  readonly clientHost: string;
}): Client {
  return { user: backend.identity.user, application: backend.application, clientHost: backend.clientHost };
}

/** 16 hex digits that name a client within its target, whatever characters its names have. */
export function clientId({ user, application, clientHost }: Client): string {
  return hashText(JSON.stringify([user, application, clientHost])).slice(0, 16);
}
