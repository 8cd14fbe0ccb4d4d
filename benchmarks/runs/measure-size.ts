import type { BenchmarkOptions } from '../harness/benchmark.ts';
import { checkSurvivors } from './check-survivors.ts';
import { endByRuns, type ReapingFigures, runOnce } from './end-by-runs.ts';
import { endByScript, type ScriptFigures } from './end-by-script.ts';
import { endByStatement } from './end-by-statement.ts';
import { type Stage, startStage, type Victims } from './stage.ts';

/** So many idle sessions, ended so many times by each contender. */
export interface Size {
  readonly sessions: number;
  readonly repetitions: number;
}

/** What each contender took, one figure per repetition. */
export interface SizeFigures extends Size {
  readonly runs: readonly ReapingFigures[];
  /** Milliseconds of the hand-written statement. */
  readonly statement: readonly number[];
  readonly script: readonly ScriptFigures[];
}

/** Has the contenders take turns on a server of their own, another one first each time. */
export async function measureSize(size: Size, say: BenchmarkOptions['say']): Promise<SizeFigures> {
  const stage = await startStage(size.sessions);
  try {
    // The first run starts the functions and opens the session that the reaper keeps.
    await runOnce(stage, size.sessions);
    const figures = { runs: [] as ReapingFigures[], statement: [] as number[], script: [] as ScriptFigures[] };
    const contenders = [
      {
        name: 'runs',
        measure: async (victims: Victims) => void figures.runs.push(await endByRuns(stage, victims)),
      },
      {
        name: 'statement',
        measure: async (victims: Victims) => void figures.statement.push(await endByStatement(stage, victims)),
      },
      {
        name: 'script',
        measure: async (victims: Victims) => void figures.script.push(await endByScript(stage, victims)),
      },
    ];
    for (let repetition = 0; repetition < size.repetitions; repetition += 1) {
      for (let turn = 0; turn < contenders.length; turn += 1) {
        const contender = contenders[(repetition + turn) % contenders.length];
        if (contender !== undefined) {
          say(`  ${size.sessions} sessions, ${repetition + 1} of ${size.repetitions}: ${contender.name}`);
          await takeTurn(stage, `${contender.name}_${repetition}`, size.sessions, contender.measure);
        }
      }
    }
    return { ...size, ...figures };
  } finally {
    await stage.stop();
  }
}

/** A user of its own each time: whose sessions come back as soon as they were ended is spared by the reaper. */
async function takeTurn(
  stage: Stage,
  name: string,
  sessions: number,
  measure: (victims: Victims) => Promise<void>,
): Promise<void> {
  const before = await stage.alive();
  const victims = await stage.open(`web_${name}`, sessions);
  await measure(victims);
  await checkSurvivors(name, stage, before, victims);
}
