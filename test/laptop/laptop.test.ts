import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openDataFolder } from '../../src/laptop/data-folder.ts';
import { stepOf } from '../../src/laptop/in-process-steps.ts';
import { createNoticeFileChannel } from '../../src/laptop/notice-file-channel.ts';
import { type Laptop, startLaptop } from '../../src/laptop/start-laptop.ts';
import { beginRunInput, createBeginRun } from '../../src/reaper/begin-run.ts';
import { createFailRun, failRunInput } from '../../src/reaper/fail-run.ts';
import { createFinishRun, finishRunInput } from '../../src/reaper/finish-run.ts';
import { createReaperWorld, TARGET } from '../support/reaper-world.ts';

let folder: string;
const open: Laptop[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-laptop-'));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((laptop) => laptop.stop()));
  await rm(folder, { recursive: true });
});

/** A laptop whose run is at work in its step `hold` until `letGo` is called. */
async function start(retentionSeconds = 86_400): Promise<{ laptop: Laptop; held: Promise<void>; letGo: () => void }> {
  const world = createReaperWorld();
  const held = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  const laptop = await startLaptop({
    dataFolder: join(folder, 'data'),
    waitMs: 0,
    retentionSeconds,
    stateMachines: fileURLToPath(new URL('../fixtures/laptop', import.meta.url)),
    machine: 'hold',
    steps: {
      beginRun: stepOf(beginRunInput, createBeginRun),
      hold: stepOf(z.unknown(), () => async () => {
        held.resolve();
        await free.promise;
      }),
      finishRun: stepOf(finishRunInput, createFinishRun),
      failRun: stepOf(failRunInput, createFailRun),
    },
    portsOf: (tables) => ({ ...world.ports, ...tables, now: () => new Date() }),
  });
  open.push(laptop);
  return { laptop, held: held.promise, letGo: free.resolve };
}

const input = JSON.stringify({ target: TARGET, dryRun: true });
const newestRun = async ({ table }: Laptop) => (await table.listRuns({ target: TARGET, limit: 1 })).items[0];

describe('a laptop', () => {
  it('runs the state machine in this process, and remembers the run the next time', async () => {
    const first = await start();
    first.letGo();
    const execution = first.laptop.start('one', input);
    await execution.done;
    expect(execution.failure).toEqual({});
    expect(execution.status).toBe('SUCCEEDED');
    await first.laptop.stop();

    const second = await start();
    expect(await newestRun(second.laptop)).toMatchObject({ runId: 'one', state: 'succeeded' });
  });

  it('keeps its folder to itself: for the owner of the files only, and for one process at a time', async () => {
    const { laptop } = await start();
    const path = join(folder, 'data');
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    await expect(start()).rejects.toThrow(
      `Expected the data folder ${path} to be free, but process ${process.pid} works in it`,
    );
    await laptop.stop();
    await start();
  });

  it('takes over the folder of a process that died', async () => {
    await (await start()).laptop.stop();
    // No process has this id: it is past what Linux and macOS hand out (proc(5), pid_max: 2^22).
    await writeFile(join(folder, 'data', 'lock'), '4194305\n');
    await start();
    expect(await readFile(join(folder, 'data', 'lock'), 'utf8')).toBe(`${process.pid}\n`);
  });

  it('lets one of many take over the folder of a process that died', async () => {
    const path = join(folder, 'many');
    await mkdir(path);
    for (let round = 0; round < 20; round += 1) {
      await writeFile(join(path, 'lock'), '4194305\n');
      const takers = await Promise.allSettled(
        Array.from({ length: 8 }, async (_, late) => {
          // Each a little later, so that one reads the dead lock while another has made its own.
          for (let turn = 0; turn < late * ((round % 4) + 1); turn += 1) {
            await nextTurn();
          }
          return await openDataFolder(path, 0);
        }),
      );
      expect(takers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await readdir(path)).toEqual(['lock']);
    }
  });

  it('forgets once a day what is past its retention', async () => {
    const first = await start(-60);
    first.letGo();
    await first.laptop.start('one', input).done;
    await first.laptop.stop();

    const again = await start();
    expect(await newestRun(again.laptop)).toMatchObject({ runId: 'one' });
    await again.laptop.stop();

    const yesterday = new Date(Date.now() - 86_400_000);
    await utimes(join(folder, 'data', 'tidied'), yesterday, yesterday);
    expect(await newestRun((await start()).laptop)).toBeUndefined();
  });

  it('says so when its folder cannot be made', async () => {
    await writeFile(join(folder, 'data'), '');
    await expect(start()).rejects.toThrow(/it cannot be written \(EEXIST\)\. Name another folder with --data/);
  });

  it('lets an interrupted run end as failed once its step is over, and gives the lock back', async () => {
    const { laptop, held, letGo } = await start();
    const execution = laptop.start('one', input);
    await held;
    let ended = false;
    const interrupted = laptop.interrupt().finally(() => {
      ended = true;
    });
    await execution.done;
    // More looks at the table than ending the run would take.
    for (let look = 0; look < 30; look += 1) {
      expect(await newestRun(laptop)).toMatchObject({ state: 'running' });
    }
    expect(ended).toBe(false);
    letGo();
    expect(await interrupted).toEqual(['one']);
    expect(execution.status).toBe('ABORTED');
    expect(await newestRun(laptop)).toMatchObject({
      state: 'failed',
      error: { name: 'RunInterrupted', message: 'The run was interrupted at the keyboard.' },
    });
    const now = new Date().toISOString();
    expect(await laptop.table.takeRunLock({ target: TARGET, runId: 'two', now, expiresAt: now })).toEqual({
      taken: true,
    });
  });

  it('has nothing to end when nothing runs', async () => {
    const { laptop, letGo } = await start();
    letGo();
    await laptop.start('one', input).done;
    expect(await laptop.interrupt()).toEqual([]);
    expect(await newestRun(laptop)).toMatchObject({ state: 'succeeded' });
  });
});

describe('notices of a laptop', () => {
  const now = () => new Date('2026-11-20T18:00:00Z');
  const message = { subject: 'Idle sessions', body: '2 of yours', attributes: {} };

  it('are on the disk before they are shown, and their receipt says terminal', async () => {
    const shown: string[] = [];
    const channel = createNoticeFileChannel({
      folder: join(folder, 'notices'),
      now,
      show: ({ body }) => shown.push(body),
    });
    const receipt = await channel.publish(message);
    expect(receipt).toEqual({
      channel: 'terminal',
      messageId: expect.stringMatching(/^20261120T180000Z-[0-9a-f]{8}$/),
    });
    expect(shown).toEqual(['2 of yours']);
    expect(await readdir(join(folder, 'notices'))).toEqual([`${receipt.messageId}.txt`]);
    expect(await readFile(join(folder, 'notices', `${receipt.messageId}.txt`), 'utf8')).toBe(
      'Subject: Idle sessions\n\n2 of yours\n',
    );
  });

  it('are refused, and not shown, when they cannot be kept', async () => {
    await writeFile(join(folder, 'notices'), '');
    const shown: string[] = [];
    const channel = createNoticeFileChannel({
      folder: join(folder, 'notices'),
      now,
      show: ({ body }) => shown.push(body),
    });
    await expect(channel.publish(message)).rejects.toMatchObject({ name: 'NoticeRefused' });
    expect(shown).toEqual([]);
  });
});
