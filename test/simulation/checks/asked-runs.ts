import { keyOfIdentity } from '../world/observed-tables.ts';
import type { CreateCheck } from './check.ts';

/**
 * A run does what it was asked for: a dry one writes nothing of backends or sessions and ends nobody; one that applies a
 * plan ends members of that plan only, and only while it is valid; and what a run has planned it keeps to.
 */
export const checkAskedRuns: CreateCheck = ({ asked, tables, config }, violate) => {
  const isDry = (by: string | undefined) => by?.startsWith('run:') === true && asked.get(by.slice(4))?.dryRun === true;
  return {
    backend(_before, { identity, events }) {
      if (isDry(events.at(-1)?.by)) {
        violate('a dry run does nothing', `${events.at(-1)?.by} wrote ${keyOfIdentity(identity)}`);
      }
    },
    session(_before, { key, slot, events, updatedAt }) {
      const newest = events.at(-1);
      if (newest?.at === updatedAt && isDry(newest.by)) {
        violate('a dry run does nothing', `${newest.by} wrote slot ${key.tenant}/${slot}`);
      }
    },
    plan(before, after, runId) {
      if (before !== null && before.hash !== after.hash) {
        violate('a run keeps its plan', `${runId} had ${before.hash.slice(0, 12)}, and has ${after.hash.slice(0, 12)}`);
      }
    },
    submit({ kind, name }) {
      const runId = name.slice('run:'.length);
      if (kind !== 'termination') {
        return;
      }
      if (isDry(name)) {
        violate('a dry run does nothing', `${name} handed in a guarded statement`);
      }
      const apply = asked.get(runId)?.apply;
      const approved = apply === undefined ? undefined : tables.plans.get(apply.runId);
      if (apply === undefined || approved === undefined) {
        return;
      }
      const own = tables.plans.get(runId);
      const age = (Date.parse(own?.takenAt ?? '') - Date.parse(approved.takenAt)) / 1000;
      if (!(age <= config.runs.planValidFor)) {
        violate('an old plan is not applied', `${name} applies one that is ${age} s old`);
      }
      const members = new Set(
        approved.members.filter(({ action }) => action === 'terminate').map(({ identity }) => keyOfIdentity(identity)),
      );
      const stranger = own?.members.find(
        ({ action, identity }) => action === 'terminate' && !members.has(keyOfIdentity(identity)),
      );
      if (stranger !== undefined) {
        violate('an applied plan ends its members only', `${name} ends ${keyOfIdentity(stranger.identity)}`);
      }
    },
  };
};
