import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { POSTGRES_STEPS, REAP_POSTGRES } from '../../src/laptop/postgres-steps.ts';
import { stateMachinesFolder } from '../../src/laptop/state-machines-folder.ts';

describe('the steps of a laptop', () => {
  it('are those that the state machine calls, no more and no fewer', async () => {
    const definition = await readFile(join(stateMachinesFolder(), `${REAP_POSTGRES}.asl.json`), 'utf8');
    const called = [...definition.matchAll(/"Fn::GetAtt":\s*\[\s*"(\w+)",\s*"Arn"\s*\]/g)].map(([, key]) => key);
    expect(new Set(called)).toEqual(new Set(Object.keys(POSTGRES_STEPS)));
    expect(new Set([...definition.matchAll(/"Resource":\s*"([^"]+)"/g)].map(([, resource]) => resource))).toEqual(
      new Set(['arn:aws:states:::lambda:invoke']),
    );
  });
});
