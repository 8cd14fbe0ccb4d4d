import { createInterface } from 'node:readline/promises';
import { describeTarget } from '../../config/describe-target.ts';
import { isDataApiTarget } from '../../config/target-config.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime, RuntimeOptions } from '../cli-runtime.ts';
import { type DoctorClients, openDoctorClients } from '../doctor/doctor-clients.ts';
import { runProbe } from '../doctor/probe/run-probe.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { withInterrupt } from '../interrupt.ts';
import { probeDocument } from '../json/probe-document.ts';
import { renderProbe } from '../render/render-probe.ts';

export interface ProbeOptions extends Omit<RuntimeOptions, 'config'> {
  readonly target?: string;
  /** Do not ask first. */
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What the probe costs, said before it begins. */
const COST =
  'It opens 6 Data API sessions of its own, at most 4 at the same time, runs small statements on them for a minute or two, and ends two of them by pg_terminate_backend. ' +
  'That takes a slot each, calls of the Data API from the rates of the account, and on a Serverless workgroup the least that is billed (60 s). It touches no other session and changes no data.';

/**
 * Tries on the target's own server what nobody has written down about the service, only on sessions that it opens
 * itself, and says in what the embedded cloud differs.
 *
 * @returns 0: the embedded cloud agrees in all that was tried; 10: it differs; 1: the probe broke off
 * @throws SlotkeeperError named UsageError, when nobody agrees to it; Interrupted after it has cleaned up
 */
export async function probeCommand(
  runtime: CliRuntime,
  io: CliIo,
  options: ProbeOptions,
  openClients: (options: ProbeOptions) => DoctorClients = openDoctorClients,
  agree: (question: string) => Promise<boolean> = askAtTerminal,
): Promise<ExitCode> {
  const target = chooseTarget(runtime.config, runtime.configPath, options.target);
  if (!isDataApiTarget(target)) {
    throw new SlotkeeperError(
      'UsageError',
      `Expected --probe to be about a Redshift target; ${target.name} is a PostgreSQL server, whose answers are known. Run doctor without --probe.`,
    );
  }
  if (options.yes !== true && !(await agree(`Probe target ${target.name}, ${describeTarget(target)}?\n${COST}`))) {
    throw new SlotkeeperError('UsageError', 'Nothing was tried. Agree with y, or pass --yes.');
  }
  const clients = openClients(options);
  try {
    const region = clients.endpoint === null ? await clients.redshiftData.config.region() : null;
    const report = await withInterrupt(io, (interrupt) =>
      runProbe(
        {
          client: clients.redshiftData,
          target,
          sleep: interrupt.sleep,
          progress: (question) => io.progress?.(question),
        },
        ({ opened, closed, expiring }) => {
          io.progress?.(null);
          if (interrupt.signal.aborted) {
            io.err(
              `The probe's sessions: ${opened} opened, ${closed} closed, ${expiring} to end by their keep-alive of a minute.`,
            );
          }
        },
      ),
    );
    const counts = { agrees: 0, differs: 0, 'not-tried': 0 };
    for (const { outcome } of report.results) {
      counts[outcome] += 1;
    }
    const exitCode = report.broken !== null ? EXIT.failed : counts.differs > 0 ? EXIT.acted : EXIT.nothingToDo;
    const document = probeDocument.parse({
      schema: 'slotkeeper.probe/1',
      engine: target.engine,
      region,
      at: runtime.now().toISOString(),
      exitCode,
      counts,
      ...report,
      results: [...report.results],
    });
    io.out(options.json === true ? JSON.stringify(document) : renderProbe(document, io));
    return exitCode;
  } finally {
    clients.close();
  }
}

/** @throws SlotkeeperError named UsageError, where nobody can be asked */
async function askAtTerminal(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new SlotkeeperError('UsageError', `Expected --yes, since nobody can be asked here. ${COST}`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
