import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalCloud } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import { SECRET } from './hostile-values.ts';
import { sendRaw } from './send-raw.ts';

const MEBIBYTE = 1024 * 1024;

let cloud: LocalCloud;
let temporary = '';
const log: string[] = [];

beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), 'slotkeeper-odd-'));
  // PostgreSQL may run as another user.
  chmodSync(temporary, 0o755);
  vi.stubEnv('TMPDIR', temporary);
  cloud = await startLocalCloud({
    port: 0,
    postgresPort: 0,
    configPath: 'test/fixtures/slotkeeper.yml',
    schedules: false,
    maxContainers: 1,
    log: ({ source, text }) => log.push(`${source}: ${text}`),
  });
});

afterAll(async () => {
  await cloud.stop();
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

const HEAD = 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: RedshiftData.ListSessions\r\n';

/** Opens a connection, writes this, and leaves it open. */
async function begin(text: string | Buffer): Promise<Socket> {
  const socket = connect(cloud.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.write(text);
  return socket;
}

/** The same, and what comes back until the other side, or this one after its first answer, closes. */
async function converse(text: string | Buffer): Promise<string> {
  const socket = await begin(text);
  return await new Promise((resolve) => {
    let answer = '';
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.includes('\r\n\r\n')) {
        socket.end();
      }
    });
    socket.on('close', () => resolve(answer));
  });
}

/** Answered as ever. */
async function expectServing(): Promise<void> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'RedshiftData.ListSessions' };
  const { status } = await sendRaw(cloud.port, { headers, body: '{"ClusterIdentifier":"local"}' });
  expect(status).toBe(200);
}

describe('a connection that speaks no proper HTTP', () => {
  it.each<[string, string | Buffer, RegExp]>([
    ['bytes that are none of it', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0xfc, 0x03]), /^HTTP\/1.1 400 /],
    ['no Host', 'POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}', /^HTTP\/1.1 400 /],
    ["another's Host", 'GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n', /^HTTP\/1.1 403 /],
    ['a header of 40 KB', `${HEAD}X-Long: ${'x'.repeat(40_000)}\r\n\r\n`, /^HTTP\/1.1 431 /],
    ['three thousand headers', `${HEAD}${'X-A: 1\r\n'.repeat(3_000)}\r\n`, /^HTTP\/1.1 431 /],
    ['a NUL in a header', `${HEAD}X-A: a\0b\r\nContent-Length: 2\r\n\r\n{}`, /^HTTP\/1.1 400 /],
    ['a negative length', `${HEAD}Content-Length: -1\r\n\r\n`, /^HTTP\/1.1 400 /],
    ['two lengths', `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, /^HTTP\/1.1 400 /],
    ['length and chunks', `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /^HTTP\/1.1 400 /],
    ['a chunk of no size', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`, /^HTTP\/1.1 400 /],
    [
      'a body that is said to be packed',
      `${HEAD}Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8bx`,
      /^HTTP\/1.1 400 /,
    ],
    [
      'X-Amz-Target twice',
      `${HEAD}X-Amz-Target: AWSEvents.PutEvents\r\nContent-Length: 2\r\n\r\n{}`,
      /^HTTP\/1.1 (200|400) /,
    ],
    ['an expectation that nobody meets', `${HEAD}Expect: tea\r\nContent-Length: 2\r\n\r\n{}`, /^HTTP\/1.1 417 /],
  ])('with %s is refused, and everybody else is served', async (_, text, answer) => {
    expect(await converse(text)).toMatch(answer);
    await expectServing();
    expect(log).toEqual([]);
  });
});

describe('a body', () => {
  it.each([
    ['16 MiB and a byte, of any service', 'DynamoDB_20120810.PutItem', 16 * MEBIBYTE + 1],
    ['1 MiB and a byte, of the Data API', 'RedshiftData.ExecuteStatement', MEBIBYTE + 1],
  ])('of more than %s is refused with 413', async (_, target, bytes) => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
    const { status, text } = await sendRaw(cloud.port, { headers, body: Buffer.alloc(bytes, SECRET) });
    expect(status).toBe(413);
    expect(text).toContain('RequestEntityTooLargeException');
    expect(text).not.toContain(SECRET);
    await expectServing();
  });

  it('that comes slowly or never ends keeps nobody else waiting, and its connection ends with its client', async () => {
    const open = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    await expectServing();
    const before = open();
    const stalled = await Promise.all(
      Array.from({ length: 50 }, () => begin(`${HEAD}Content-Length: 100\r\n\r\n{"ClusterIdentifier":`)),
    );
    await expectServing();
    for (const socket of stalled.slice(0, 25)) {
      // Half a request, and no more.
      socket.resume().end();
    }
    for (const socket of stalled.slice(25)) {
      socket.destroy();
    }
    await expect.poll(open, { timeout: 5_000 }).toBeLessThanOrEqual(before + 1);
    expect(log).toEqual([]);
  });
});

it('a thousand refusals leave no memory behind', { timeout: 180_000 }, async () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'RedshiftData.ExecuteStatement' };
  const refuse = async (times: number) => {
    for (let round = 0; round < times / 20; round += 1) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, at) => {
          const body = JSON.stringify({ Sql: 'x'.repeat(5_000), SessionId: `${SECRET}-${round}-${at}` });
          const { status, text } = await sendRaw(cloud.port, { headers, body });
          expect([status, text.includes(SECRET)]).toEqual([400, false]);
        }),
      );
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await refuse(400);
  // A kilobyte each would be a megabyte: a request or an answer that is kept is more.
  expect((await refuse(1_000)) - before).toBeLessThan(1_000_000);
});

it('leaves no file behind', async () => {
  expect(readdirSync(temporary).length).toBeGreaterThan(0);
  await cloud.stop();
  expect(readdirSync(temporary)).toEqual([]);
});
