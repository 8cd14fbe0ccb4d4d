import type { ReaperPorts } from '../../src/reaper/reaper-ports.ts';

/** What a run dies of in a test; a `TransientCrash` is one of those that the state machine retries. */
export class Crash extends Error {
  constructor(message: string, name: 'Crash' | 'TransientCrash' = 'Crash') {
    super(message);
    this.name = name;
  }
}

/** Which call goes wrong, and how. */
export interface CrashPlan {
  /** Number of the call, from 1. */
  readonly call: number;
  /** `before`: the call is never made; `after`: it is made, and its answer is lost. */
  readonly when: 'before' | 'after';
  /**
   * `process`: every later call fails too, as if the process had died. `call`: only this one does. `step`: only this
   * one does, and the service says that its step may be tried again.
   */
  readonly what: 'process' | 'call' | 'step';
}

export interface CrashingPorts {
  readonly ports: ReaperPorts;
  /** Calls of ports so far, those that failed included. */
  count(): number;
}

/** Ports that work until a given call, counted over all of them. */
export function crashingPorts(ports: ReaperPorts, plan: CrashPlan): CrashingPorts {
  let calls = 0;
  const guard = async <T>(call: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls === plan.call) {
      if (plan.when === 'after') {
        await call();
      }
      throw new Crash(`call ${plan.call} crashed`, plan.what === 'step' ? 'TransientCrash' : 'Crash');
    }
    if (calls > plan.call && plan.what === 'process') {
      throw new Crash('the process is dead');
    }
    return await call();
  };
  const { table, warehouseOf, owners, operators, events } = ports;
  const warehouses = new Map(Object.values(ports.config.targets).map((target) => [target.name, warehouseOf(target)]));
  return {
    count: () => calls,
    ports: {
      ...ports,
      table: {
        readBackends: (...args) => guard(() => table.readBackends(...args)),
        listLiveBackends: (...args) => guard(() => table.listLiveBackends(...args)),
        listBackends: (...args) => guard(() => table.listBackends(...args)),
        saveBackend: (...args) => guard(() => table.saveBackend(...args)),
        takeRunLock: (...args) => guard(() => table.takeRunLock(...args)),
        holdsRunLock: (...args) => guard(() => table.holdsRunLock(...args)),
        releaseRunLock: (...args) => guard(() => table.releaseRunLock(...args)),
        readRun: (...args) => guard(() => table.readRun(...args)),
        saveRun: (...args) => guard(() => table.saveRun(...args)),
        listRuns: (...args) => guard(() => table.listRuns(...args)),
        savePlan: (...args) => guard(() => table.savePlan(...args)),
        readPlan: (...args) => guard(() => table.readPlan(...args)),
        readNotice: (...args) => guard(() => table.readNotice(...args)),
        saveNotice: (...args) => guard(() => table.saveNotice(...args)),
        listNotices: (...args) => guard(() => table.listNotices(...args)),
        readReaperSession: (...args) => guard(() => table.readReaperSession(...args)),
        saveReaperSession: (...args) => guard(() => table.saveReaperSession(...args)),
      },
      warehouseOf(target) {
        const warehouse = warehouses.get(target.name) ?? warehouseOf(target);
        return {
          submit: (...args) => guard(() => warehouse.submit(...args)),
          describe: (...args) => guard(() => warehouse.describe(...args)),
          fetchRows: (...args) => guard(() => warehouse.fetchRows(...args)),
          cancel: (...args) => guard(() => warehouse.cancel(...args)),
        };
      },
      owners: { publish: (...args) => guard(() => owners.publish(...args)) },
      operators: { publish: (...args) => guard(() => operators.publish(...args)) },
      events: { publish: (...args) => guard(() => events.publish(...args)) },
    },
  };
}
