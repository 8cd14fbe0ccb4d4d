import { beforeEach, describe, expect, it } from 'vitest';
import { endSession } from '../../src/pool/lifecycle/end-session.ts';
import { leaseSession } from '../../src/pool/lifecycle/lease-session.ts';
import type { SessionPoolTable } from '../../src/pool/session-pool-table.ts';
import { availableSession, creatingSession, exampleKey, openedSession, T1 } from './example-pooled-session.ts';

const LEASE = { until: '2026-11-20T15:10:00.000Z', use: 'query', retireAfter: false } as const;

/** What every session pool table must do. `makeTable` gives an empty one each time. */
export function describeSessionPoolTable(name: string, makeTable: () => Promise<SessionPoolTable>): void {
  describe(`${name} as a session pool table`, () => {
    let table: SessionPoolTable;
    beforeEach(async () => {
      table = await makeTable();
    });

    it('gives back exactly what was saved, in each state', async () => {
      for (const record of [creatingSession(), openedSession(), availableSession()]) {
        await table.saveSession(record);
        expect(await table.readSession(record.key, 0)).toEqual(record);
        expect(await table.readPool(record.key)).toEqual({ sessions: [record], waiting: [] });
      }
      expect(await table.readSession(exampleKey(), 1)).toBeNull();
    });

    it('lets exactly one of many claims of the same session through', async () => {
      for (const record of [creatingSession(), openedSession(), availableSession()]) {
        await table.saveSession(record);
      }
      const claims = Array.from({ length: 20 }, (_, index) =>
        leaseSession(availableSession(), { lease: { ...LEASE, holder: `c${index}` }, at: T1, by: `pool:c${index}` }),
      );
      const outcomes = await Promise.allSettled(claims.map((claim) => table.saveSession(claim)));
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(lost).toHaveLength(19);
      expect(new Set(lost.map(({ reason }) => reason.name))).toEqual(new Set(['VersionConflict']));
      const won = claims[outcomes.findIndex(({ status }) => status === 'fulfilled')];
      expect(await table.readSession(exampleKey(), 0)).toEqual(won);
    });

    it('lets exactly one of many creations in one slot through', async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => table.saveSession(creatingSession())));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('keeps tenants, targets, databases and users apart, whatever their names', async () => {
      const keys = [
        exampleKey(),
        exampleKey({ tenant: 'acme2' }),
        exampleKey({ target: 'sales' }),
        exampleKey({ database: 'prod' }),
        exampleKey({ dbUser: 'other' }),
        exampleKey({ database: 'dev#USER#x', dbUser: 'y' }),
        exampleKey({ database: 'dev', dbUser: 'x#USER#y' }),
      ];
      for (const key of keys) {
        await table.saveSession(creatingSession(key));
      }
      for (const key of keys) {
        expect((await table.readPool(key)).sessions.map((record) => record.key)).toEqual([key]);
      }
    });

    it('lists the live sessions of a target over all tenants, and none that ended', async () => {
      const gone = creatingSession(exampleKey({ tenant: 'gone' }));
      await table.saveSession(gone);
      await table.saveSession(endSession(gone, { reason: 'never-opened', at: T1, by: 'pool:c' }));
      await table.saveSession(creatingSession());
      await table.saveSession(creatingSession(exampleKey({ tenant: 'blue' }), 2));
      await table.saveSession(creatingSession(exampleKey({ target: 'sales' })));
      const live = await table.listLiveSessions('analytics');
      expect(live.map(({ key, slot }) => `${key.tenant}/${slot}`).sort()).toEqual(['acme/0', 'blue/2']);
    });

    it('creates anew in an ended slot, and the fence goes on', async () => {
      const first = creatingSession();
      const ended = endSession(first, { reason: 'never-opened', at: T1, by: 'pool:c' });
      const second = creatingSession(exampleKey(), 0, ended);
      for (const record of [first, ended, second]) {
        await table.saveSession(record);
      }
      expect(await table.readSession(exampleKey(), 0)).toMatchObject({ version: 3, fence: 2, state: 'creating' });
      expect(await table.listLiveSessions('analytics')).toHaveLength(1);
    });

    it('shows who waits, one entry for each pool instance, until it leaves', async () => {
      await table.joinLine(exampleKey(), { holder: 'c1', until: '2026-11-20T15:00:20.000Z' });
      await table.joinLine(exampleKey(), { holder: 'c1', until: '2026-11-20T15:00:30.000Z' });
      await table.joinLine(exampleKey({ tenant: 'blue' }), { holder: 'c2', until: '2026-11-20T15:00:20.000Z' });
      const line = async () => (await table.readPool(exampleKey())).waiting;
      expect(await line()).toEqual([{ holder: 'c1', until: '2026-11-20T15:00:30.000Z' }]);
      await table.leaveLine(exampleKey(), 'c2');
      expect(await line()).toHaveLength(1);
      await table.leaveLine(exampleKey(), 'c1');
      await table.leaveLine(exampleKey(), 'c1');
      expect(await line()).toEqual([]);
    });

    describe('target slots', () => {
      const slot = (holder: string, number = 0, until = '2026-11-21T15:00:00.000Z') => ({
        ...{ target: 'analytics', number, holder, until },
      });

      it('gives a slot to exactly one of many', async () => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, index) => table.claimTargetSlot(slot(`s${index}`), T1)),
        );
        expect(answers.filter(Boolean)).toHaveLength(1);
        expect(await table.readTargetSlots('analytics')).toEqual([slot(`s${answers.indexOf(true)}`)]);
        expect(await table.readTargetSlots('sales')).toEqual([]);
      });

      it('answers a repeated claim of its holder by yes, and frees itself when its time is over', async () => {
        expect(await table.claimTargetSlot(slot('a', 0, '2026-11-20T16:00:00.000Z'), T1)).toBe(true);
        expect(await table.claimTargetSlot(slot('a', 0, '2026-11-20T16:00:00.000Z'), T1)).toBe(true);
        expect(await table.claimTargetSlot(slot('b'), '2026-11-20T15:59:59.000Z')).toBe(false);
        expect(await table.claimTargetSlot(slot('b'), '2026-11-20T16:00:00.000Z')).toBe(true);
      });

      it('is given back by its holder only', async () => {
        await table.claimTargetSlot(slot('a', 7), T1);
        await table.releaseTargetSlot(slot('b', 7));
        await table.releaseTargetSlot(slot('a', 8));
        expect(await table.readTargetSlots('analytics')).toHaveLength(1);
        await table.releaseTargetSlot(slot('a', 7));
        expect(await table.readTargetSlots('analytics')).toEqual([]);
      });
    });
  });
}
