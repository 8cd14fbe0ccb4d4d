import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StackTooLarge } from '../../deploy/check-quotas.ts';
import { fromConfig } from '../../deploy/from-config.ts';
import { stackNames } from '../../deploy/stack-names.ts';
import { startAfter } from '../../deploy/start-after.ts';

/** Where the search ends; a stack of 500 resources cannot have more targets than that. */
const TOO_MANY = 500;

let found: number | null = null;

/** How many clusters one stack takes before packaging refuses it: tried out with the code that packages. */
export function targetsOfOneStack(): number {
  found ??= search(1, TOO_MANY);
  return found;
}

/**
 * As deployed: the seconds after its schedule's moment at which a target's run begins, on stacks that are filled up.
 *
 * @param within `runs.startWithin`, seconds
 */
export function turnOf(target: string, index: number, interval: number, within: number): number {
  const { scheduleRule } = stackNames(`stage-${Math.floor(index / targetsOfOneStack()) + 1}`);
  return startAfter(scheduleRule(target), interval, within);
}

function search(fits: number, tooMany: number): number {
  if (tooMany - fits <= 1) {
    return fits;
  }
  const middle = (fits + tooMany) >> 1;
  return isPackaged(middle) ? search(middle, tooMany) : search(fits, middle);
}

function isPackaged(targets: number): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-scale-'));
  try {
    const path = join(folder, 'slotkeeper.yml');
    writeFileSync(path, fileWith(targets));
    fromConfig(path, 'dev');
    return true;
  } catch (error) {
    if (error instanceof StackTooLarge) {
      return false;
    }
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fileWith(targets: number): string {
  const one = (index: number) =>
    `  target-${index}: { engine: redshift, cluster: cluster-${index}, database: dev, schedule: rate(10 minutes), slots: { limit: 500, keepFree: 50 }, policy: default }`;
  return [
    'targets:',
    ...Array.from({ length: targets }, (_, index) => one(index + 1)),
    'policies: { default: [{ name: everyone, warnAfter: 30m, terminateAfter: 1h }] }',
    'notices: { defaultOwner: team@example.com }',
    '',
  ].join('\n');
}
