import { isDataApiTarget } from '../../src/config/target-config.ts';
import type { PostgresReaperPorts } from '../../src/reaper/postgres-reaper-ports.ts';
import type { ReaperPorts } from '../../src/reaper/reaper-ports.ts';

/** Called instead of each call of a port, which it makes or does not make. */
export type Guard = <T>(call: () => Promise<T>) => Promise<T>;

/** Ports of which every asynchronous call goes through a guard. */
export function guardPorts<Ports extends ReaperPorts | PostgresReaperPorts>(ports: Ports, guard: Guard): Ports {
  const { table, pool, warehouseOf, owners, operators, events } = ports;
  const warehouses = new Map(
    Object.values(ports.config.targets)
      .filter(isDataApiTarget)
      .map((target) => [target.name, warehouseOf(target)]),
  );
  return {
    ...ports,
    ...('openDirect' in ports ? { openDirect: guardOpen(ports.openDirect, guard) } : {}),
    table: {
      readBackends: (...args) => guard(() => table.readBackends(...args)),
      listLiveBackends: (...args) => guard(() => table.listLiveBackends(...args)),
      listBackends: (...args) => guard(() => table.listBackends(...args)),
      saveBackend: (...args) => guard(() => table.saveBackend(...args)),
      takeRunLock: (...args) => guard(() => table.takeRunLock(...args)),
      readRunLock: (...args) => guard(() => table.readRunLock(...args)),
      holdsRunLock: (...args) => guard(() => table.holdsRunLock(...args)),
      releaseRunLock: (...args) => guard(() => table.releaseRunLock(...args)),
      readRun: (...args) => guard(() => table.readRun(...args)),
      saveRun: (...args) => guard(() => table.saveRun(...args)),
      listRuns: (...args) => guard(() => table.listRuns(...args)),
      savePlan: (...args) => guard(() => table.savePlan(...args)),
      readPlan: (...args) => guard(() => table.readPlan(...args)),
      saveRecording: (...args) => guard(() => table.saveRecording(...args)),
      readRecording: (...args) => guard(() => table.readRecording(...args)),
      readNotice: (...args) => guard(() => table.readNotice(...args)),
      saveNotice: (...args) => guard(() => table.saveNotice(...args)),
      listNotices: (...args) => guard(() => table.listNotices(...args)),
      listClients: (...args) => guard(() => table.listClients(...args)),
      saveClient: (...args) => guard(() => table.saveClient(...args)),
      readSnoozeCount: (...args) => guard(() => table.readSnoozeCount(...args)),
      saveSnoozeCount: (...args) => guard(() => table.saveSnoozeCount(...args)),
      readOwnerMail: (...args) => guard(() => table.readOwnerMail(...args)),
      saveOwnerMail: (...args) => guard(() => table.saveOwnerMail(...args)),
      readSchedule: (...args) => guard(() => table.readSchedule(...args)),
      saveSchedule: (...args) => guard(() => table.saveSchedule(...args)),
      readReaperSession: (...args) => guard(() => table.readReaperSession(...args)),
      saveReaperSession: (...args) => guard(() => table.saveReaperSession(...args)),
    },
    pool: {
      readPool: (...args) => guard(() => pool.readPool(...args)),
      readSession: (...args) => guard(() => pool.readSession(...args)),
      saveSession: (...args) => guard(() => pool.saveSession(...args)),
      listLiveSessions: (...args) => guard(() => pool.listLiveSessions(...args)),
      joinLine: (...args) => guard(() => pool.joinLine(...args)),
      leaveLine: (...args) => guard(() => pool.leaveLine(...args)),
      readTargetSlots: (...args) => guard(() => pool.readTargetSlots(...args)),
      claimTargetSlot: (...args) => guard(() => pool.claimTargetSlot(...args)),
      releaseTargetSlot: (...args) => guard(() => pool.releaseTargetSlot(...args)),
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
    owners: {
      address: owners.address,
      publish: (...args) => guard(() => owners.publish(...args)),
      audienceOf: (...args) => guard(() => owners.audienceOf(...args)),
    },
    operators: {
      address: operators.address,
      publish: (...args) => guard(() => operators.publish(...args)),
      audienceOf: (...args) => guard(() => operators.audienceOf(...args)),
    },
    events: { publish: (...args) => guard(() => events.publish(...args)) },
  };
}

/** A connection that cannot be closed any more is closed by the server in the end; closing counts as no call. */
function guardOpen(open: PostgresReaperPorts['openDirect'], guard: Guard): PostgresReaperPorts['openDirect'] {
  return async (target) => {
    const warehouse = await guard(() => open(target));
    return { query: (...args) => guard(() => warehouse.query(...args)), close: () => warehouse.close() };
  };
}
