import { expect } from 'vitest';
import { stateAfter } from '../../src/lifecycle/state-after.ts';
import { type ReaperWorld, TARGET } from './reaper-world.ts';

/** No state without its event, no event without its state. */
export async function expectConsistent({ table }: ReaperWorld): Promise<void> {
  const { items } = await table.listBackends({ target: TARGET });
  for (const record of items) {
    expect(record.state).toBe(stateAfter(record.events.at(-1)?.type ?? 'gone'));
    expect(record.events.length + record.eventsDropped).toBe(record.version);
  }
}
