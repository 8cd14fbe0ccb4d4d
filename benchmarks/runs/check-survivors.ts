import { WrongResult } from '../harness/wrong-result.ts';
import type { Stage, Victims } from './stage.ts';

/**
 * Checks that exactly the victims are gone: whoever was there before them is there after them.
 *
 * @throws WrongResult when somebody else is gone, or a victim is not
 */
export async function checkSurvivors(
  contender: string,
  stage: Stage,
  before: ReadonlySet<number>,
  victims: Victims,
): Promise<void> {
  const after = await stage.alive();
  const left = [...victims.pids].filter((pid) => after.has(pid)).length;
  const lost = [...before].filter((pid) => !after.has(pid)).length;
  if (left > 0 || lost > 0) {
    throw new WrongResult(
      contender,
      'to end exactly the victims',
      `${left} victims that are still there, and ${lost} others that are gone`,
    );
  }
}
