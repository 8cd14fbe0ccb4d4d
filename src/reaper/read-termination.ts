import { redshiftEngine } from '../backends/redshift-engine.ts';
import type { DataApiTarget } from '../config/target-config.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { StatementStatus, Warehouse } from '../warehouse/warehouse.ts';
import { isPermissionDenied } from './is-permission-denied.ts';

/** What the guarded statement of a round did, as far as it can be known. */
export interface TerminationResult {
  readonly status: StatementStatus;
  /** Keys of those it signalled; null: it did not finish, and may have signalled any of them. */
  readonly signalled: ReadonlySet<string> | null;
  readonly denied: boolean;
}

/** Reads how the guarded statement of a round ended, and whom it signalled. */
export async function readTermination(
  warehouse: Warehouse,
  target: DataApiTarget,
  statementId: string,
): Promise<TerminationResult> {
  const { status, error } = await warehouse.describe(statementId);
  if (status !== 'FINISHED') {
    return { status, signalled: null, denied: status === 'FAILED' && isPermissionDenied(error ?? '') };
  }
  const rows = await warehouse.fetchRows(statementId);
  return {
    status,
    signalled: new Set(redshiftEngine(target).readSignalled(rows, target.name).map(backendKey)),
    denied: false,
  };
}
