import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { SessionChoice, Statement, StatementDescription, Warehouse } from '../../src/warehouse/warehouse.ts';

const ENDED: readonly string[] = ['FINISHED', 'ABORTED', 'FAILED'];
const UNKNOWN_ID = '5c1d2e3f-1111-4222-8333-444455556666';

/** What the contract needs of the world around a warehouse. */
export interface WarehouseWorld {
  readonly warehouse: Warehouse;
  /** Ends a backend from elsewhere and resolves when it is gone. */
  endBackend(pid: number): Promise<void>;
}

/** What every warehouse must do, on a real server. `makeWorld` is called once. */
export function describeWarehouse(name: string, makeWorld: () => Promise<WarehouseWorld>): void {
  describe(`${name} as a warehouse`, () => {
    let world: WarehouseWorld;
    let submissions = 0;
    beforeAll(async () => {
      world = await makeWorld();
    });

    function submit(sql: string, changes: Partial<Statement> = {}) {
      submissions += 1;
      const clientToken = `contract-${submissions}`;
      return world.warehouse.submit({ sql, parameters: {}, session: { kind: 'none' }, clientToken, ...changes });
    }

    async function ended(statementId: string): Promise<StatementDescription> {
      return vi.waitFor(
        async () => {
          const description = await world.warehouse.describe(statementId);
          expect(ENDED).toContain(description.status);
          return description;
        },
        { timeout: 10_000, interval: 20 },
      );
    }

    async function rowsOf(sql: string, changes: Partial<Statement> = {}) {
      const { statementId } = await submit(sql, changes);
      expect(await ended(statementId)).toMatchObject({ status: 'FINISHED', error: null });
      return world.warehouse.fetchRows(statementId);
    }

    /** Opens a kept session and waits until it is free. */
    async function keptSession(): Promise<{ session: SessionChoice; pid: number }> {
      const { statementId, sessionId } = await submit('select 1', { session: { kind: 'new', keepAliveSeconds: 3600 } });
      const { pid, sessionId: described } = await ended(statementId);
      expect(sessionId ?? described).toEqual(described);
      return { session: { kind: 'reuse', sessionId: described ?? '' }, pid: pid ?? 0 };
    }

    it('runs a statement on a session of its own and reads its rows', async () => {
      const { statementId, sessionId } = await submit(
        "select 1 as one, 'a' as letter, null as nothing, true as yes, 1.50::numeric(6,2) as price",
      );
      expect(sessionId).toBeNull();
      const description = await ended(statementId);
      expect(description).toMatchObject({ statementId, status: 'FINISHED', error: null, hasResultSet: true });
      expect(description).toMatchObject({ pid: expect.any(Number), sessionId: null, resultRows: 1 });
      expect(await world.warehouse.fetchRows(statementId)).toEqual([
        { one: 1, letter: 'a', nothing: null, yes: true, price: '1.50' },
      ]);
    });

    it('passes values as parameters, never as SQL', async () => {
      const parameters = { name: "'; drop table t; --", size: '42' };
      expect(await rowsOf('select :name as name, cast(:size as int) + 1 as size', { parameters })).toEqual([
        { name: "'; drop table t; --", size: 43 },
      ]);
    });

    it('reads results of more than one page in order', async () => {
      const rows = await rowsOf('select n from generate_series(1, 2500) as s(n) order by n');
      expect(rows.map((row) => row['n'])).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1));
    });

    it('has no rows for a statement without a result set, and for a result without rows', async () => {
      const { session } = await keptSession();
      expect(await rowsOf('create temp table contract_rows (n int)', { session })).toEqual([]);
      expect(await rowsOf('select n from contract_rows', { session })).toEqual([]);
    });

    it('answers at the end of a statement where it is told to wait, and else when the wait is over', async () => {
      const { statementId: short } = await submit('select pg_sleep(0.2)');
      expect(await world.warehouse.describe(short, { waitSeconds: 30 })).toMatchObject({ status: 'FINISHED' });
      const { statementId: long } = await submit('select pg_sleep(60)');
      const { status } = await world.warehouse.describe(long, { waitSeconds: 1 });
      expect(ENDED).not.toContain(status);
      await world.warehouse.cancel(long);
    });

    it("tells a failed statement's message", async () => {
      const { statementId } = await submit('select * from no_such_relation');
      const description = await ended(statementId);
      expect(description).toMatchObject({ status: 'FAILED', hasResultSet: false });
      expect(description.error).toContain('relation "no_such_relation" does not exist');
    });

    it('refuses an integer that would come out rounded', async () => {
      const { statementId } = await submit('select 9007199254740993::bigint as xid');
      await ended(statementId);
      await expect(world.warehouse.fetchRows(statementId)).rejects.toMatchObject({ name: 'ResultUnreadable' });
    });

    it('keeps a session with its backend and what was set in it', async () => {
      const { session, pid } = await keptSession();
      await rowsOf("set application_name to 'contract'", { session });
      expect(
        await rowsOf('select pg_backend_pid() as pid, current_setting($$application_name$$) as name', { session }),
      ).toEqual([{ pid, name: 'contract' }]);
    });

    it('takes the same submission twice for one', async () => {
      const once = { clientToken: 'contract-the-same' };
      const first = await submit('select 7 as seven', once);
      const second = await submit('select 7 as seven', once);
      expect(second.statementId).toBe(first.statementId);
    });

    it('says SessionUnavailable for a session that is busy, and takes it again when it is free', async () => {
      const { session } = await keptSession();
      const { statementId } = await submit('select pg_sleep(60)', { session });
      await expect(submit('select 1', { session })).rejects.toMatchObject({ name: 'SessionUnavailable' });
      await world.warehouse.cancel(statementId);
      expect(await ended(statementId)).toMatchObject({ status: 'ABORTED' });
      expect(await rowsOf('select 1 as one', { session })).toEqual([{ one: 1 }]);
    });

    it('says SessionUnavailable for a session whose backend was ended, and for one that never was', async () => {
      const { session, pid } = await keptSession();
      await world.endBackend(pid);
      const unavailable = { name: 'SessionUnavailable' };
      await vi.waitFor(() => expect(submit('select 1', { session })).rejects.toMatchObject(unavailable), {
        timeout: 10_000,
        interval: 20,
      });
      const never: SessionChoice = { kind: 'reuse', sessionId: UNKNOWN_ID };
      await expect(submit('select 1', { session: never })).rejects.toMatchObject(unavailable);
    });

    it('cancels what runs, and resolves for what has ended', async () => {
      const { statementId } = await submit('select pg_sleep(60)');
      await world.warehouse.cancel(statementId);
      expect(await ended(statementId)).toMatchObject({ status: 'ABORTED' });
      await world.warehouse.cancel(statementId);
      const { statementId: finished } = await submit('select 1');
      await ended(finished);
      await expect(world.warehouse.cancel(finished)).resolves.toBeUndefined();
    });

    it('says StatementUnknown for a statement that it never took', async () => {
      const unknown = { name: 'StatementUnknown' };
      await expect(world.warehouse.describe(UNKNOWN_ID)).rejects.toMatchObject(unknown);
      await expect(world.warehouse.fetchRows(UNKNOWN_ID)).rejects.toMatchObject(unknown);
      await expect(world.warehouse.cancel(UNKNOWN_ID)).rejects.toMatchObject(unknown);
    });
  });
}
