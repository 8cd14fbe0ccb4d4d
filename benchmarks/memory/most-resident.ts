import { readFileSync } from 'node:fs';

/**
 * The most bytes that this process ever had resident. Linux's `maxRSS` also counts what the process was before it became
 * this program, a copy of its parent (man 2 getrusage); `VmHWM` does not (man 5 proc_pid_status). Both are in kibibytes.
 */
export function mostResident(): number {
  const [, kibibytes] =
    process.platform === 'linux' ? (/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []) : [];
  return (kibibytes === undefined ? process.resourceUsage().maxRSS : Number(kibibytes)) * 1024;
}
