import { snoozeRefusal } from '../lifecycle/snooze-backend.ts';
import { refusalError, SnoozeOff } from '../reaper/errors/snooze-refused.ts';
import type { SnoozePorts } from '../reaper/snooze/snooze-ports.ts';
import { createSnoozeSession } from '../reaper/snooze/snooze-session.ts';
import type { LinkKeys } from './link-keys.ts';
import { verifyToken } from './sign-link.ts';
import type { SnoozeClaim } from './snooze-claim.ts';
import { confirmationPage, keptPage, refusalPage } from './snooze-page.ts';

/** What a browser asks for. */
export interface LinkRequest {
  readonly method: string;
  /** What the address has behind `link=`; empty: nothing. */
  readonly token: string;
}

export interface LinkAnswer {
  readonly status: number;
  readonly html: string;
  /** Name of what it came to, for the log. */
  readonly outcome: string;
}

/** What refusals are in HTTP. Whatever else is thrown is a fault of ours. */
const STATUS: Readonly<Record<string, number>> = {
  LinkMalformed: 400,
  LinkForged: 403,
  LinkExpired: 410,
  SnoozeOff: 410,
  BackendGone: 410,
  NothingToSnooze: 410,
  SnoozeLimitReached: 429,
};

/**
 * Answers a link of a notice. GET asks back and changes nothing, since mail programs and scanners open links by
 * themselves; POST keeps the session.
 *
 * @throws what the table or the keys throw; refusals are answers
 */
export function createAnswerLink(ports: SnoozePorts & { readonly keys: LinkKeys }) {
  const snooze = createSnoozeSession(ports);
  const { config, table, keys, now } = ports;
  return async ({ method, token }: LinkRequest): Promise<LinkAnswer> => {
    if (!['GET', 'HEAD', 'POST'].includes(method)) {
      return { status: 405, html: refusalPage('Open the link in a browser.'), outcome: 'MethodNotAllowed' };
    }
    try {
      const claim = await verifyToken(token, keys, now());
      // The bound may have become lower since the mail was sent.
      const seconds = Math.min(claim.seconds, config.notices.snooze.max);
      if (seconds === 0) {
        throw new SnoozeOff();
      }
      return method === 'POST' ? await keep(claim, seconds) : await ask(claim, seconds);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      const status = STATUS[name];
      if (status === undefined) {
        throw error;
      }
      return { status, html: refusalPage(message), outcome: name };
    }
  };

  async function ask(claim: SnoozeClaim, seconds: number): Promise<LinkAnswer> {
    const { identity, idleSince } = claim;
    const [record] = await table.readBackends([identity]);
    const refusal = snoozeRefusal(record ?? null, idleSince);
    if (refusal !== null) {
      throw refusalError(identity.pid, refusal);
    }
    return { status: 200, html: confirmationPage(claim, seconds), outcome: 'asked' };
  }

  async function keep(claim: SnoozeClaim, seconds: number): Promise<LinkAnswer> {
    const { identity, idleSince } = claim;
    const kept = await snooze({ identity, idleSince, seconds, by: (owner) => `link:${owner}` });
    return { status: 200, html: keptPage(claim, kept), outcome: kept.extended ? 'snoozed' : 'kept-anyway' };
  }
}
