import { LOG_SEPARATOR } from './postgres-settings.ts';

/** A session that PostgreSQL's log says has ended. Times are real ones, not the embedded cloud's. */
export interface EndedSession {
  readonly pid: number;
  readonly userName: string;
  readonly databaseName: string;
  readonly applicationName: string;
  readonly remoteHost: string;
  readonly remotePort: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly ending: 'closed' | 'terminated' | 'timed out';
}

/**
 * Reads the server's log line by line and recognises the ends of sessions.
 *
 * @returns a function that takes the next line and gives the session that has ended with it, if any
 */
export function createEndedSessionReader(): (line: string) => EndedSession | undefined {
  const endings = new Map<number, EndedSession['ending']>();
  return (line) => {
    const [, time, pidText, userName, databaseName, applicationName, message] = line.split(LOG_SEPARATOR);
    if (time === undefined || message === undefined) return undefined;
    const pid = Number(pidText);
    // The reason, if there is one, is logged just before the disconnection.
    if (/^FATAL: {2}terminating connection due to administrator command/.test(message)) endings.set(pid, 'terminated');
    if (/^FATAL: {2}terminating connection due to idle-(session|in-transaction) timeout/.test(message)) {
      endings.set(pid, 'timed out');
    }
    const end = /disconnection: session time: (\d+):(\d\d):(\d\d\.\d+) .* host=(\S+)(?: port=(\d+))?$/.exec(message);
    if (!end) return undefined;
    const [, hours, minutes, seconds, remoteHost = '', remotePort = ''] = end;
    const endedAt = new Date(time.replace(' UTC', 'Z').replace(' ', 'T'));
    const lastedMs = Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
    const ending = endings.get(pid) ?? 'closed';
    endings.delete(pid);
    return {
      pid,
      userName: userName ?? '',
      databaseName: databaseName ?? '',
      applicationName: applicationName ?? '',
      remoteHost,
      remotePort,
      startedAt: new Date(endedAt.getTime() - lastedMs),
      endedAt,
      ending,
    };
  };
}
