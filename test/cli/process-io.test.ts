import { afterEach, describe, expect, it } from 'vitest';
import { processIo } from '../../src/cli/process-io.ts';

const before = { isTTY: process.stdout.isTTY, columns: process.stdout.columns };
afterEach(() => {
  Object.assign(process.stdout, before);
});

describe('processIo', () => {
  it.each([
    ['a terminal of its size', { isTTY: true, columns: 100 }, 100],
    ['a terminal that does not say its size, as under script or in CI', { isTTY: true, columns: 0 }, null],
    ['a file or a pipe', { isTTY: false, columns: 100 }, null],
  ])('knows the width of %s', (_, stream, width) => {
    Object.assign(process.stdout, stream);
    expect(processIo().width).toBe(width);
  });
});
