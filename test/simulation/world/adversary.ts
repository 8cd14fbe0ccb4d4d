import type { PlanMember } from '../../../src/policy/plan.ts';
import { parseStatementName } from '../../../src/pool/statement-name.ts';
import { createSnoozeSession } from '../../../src/reaper/snooze/snooze-session.ts';
import { victimKey } from '../../support/simulated-backend.ts';
import { PORT_ERRORS } from './port-errors.ts';
import type { World } from './world.ts';

/** How often it acts on a plan that is to end somebody, from 0 to 1. */
const OFTEN = 0.5;

/**
 * Acts at the worst moment: between the look by which a run has planned an end and the statement that carries it out.
 * A victim begins a statement, leaves and its pid is taken anew, is snoozed by its owner, or is a tenant's session that a
 * caller wants right then.
 *
 * @param ask a query of this tenant
 */
export function letAdversaryAct(world: World, until: number, ask: (tenant: string) => void): void {
  const { scheduler, cluster, tables, layer, config } = world;
  const { random } = scheduler;

  const comeBack = (victim: PlanMember) => {
    const backend = cluster.backends.get(victim.identity.pid);
    if (backend?.user === victim.identity.user && backend.session === null && !backend.running) {
      layer.count('victim-runs');
      cluster.begin(backend);
      scheduler.after(random.between(500, 20_000), '', () => (backend.alive ? cluster.finish(backend) : undefined));
    }
  };

  const leave = (victim: PlanMember) => {
    const backend = cluster.backends.get(victim.identity.pid);
    if (backend?.user !== victim.identity.user || backend.session !== null || backend.outlives > 0) {
      return;
    }
    layer.count('pid-reused');
    cluster.end(backend, 'closed');
    // The start shows whole seconds: a new session of the same second would be the same to everybody.
    const { kind, user, application } = backend;
    scheduler.after(1_000, '', () => void cluster.open({ kind, user, application, pid: backend.pid }));
  };

  const snooze = (victim: PlanMember) => {
    layer.count('victim-snoozed');
    const process = world.process('owner');
    const useCase = createSnoozeSession({
      config,
      table: layer.between(process, tables.table, 'table', PORT_ERRORS.table),
      events: null,
      now: process.now,
    });
    const request = {
      identity: victim.identity,
      idleSince: null,
      seconds: 1_800,
      by: (owner: string) => `link:${owner}`,
    };
    // Whether it comes in time is what is tried out; what must hold is looked after elsewhere.
    useCase(request).catch(() => undefined);
  };

  tables.onPlan((plan) => {
    const victims = plan.members.filter(({ action }) => action === 'terminate');
    if (victims.length === 0 || scheduler.now >= until || !random.chance(OFTEN)) {
      return;
    }
    const victim = random.pick(victims);
    const tenant = /^tenant_(.+)$/.exec(victim.identity.user)?.[1];
    const act = random.pick([comeBack, comeBack, leave, leave, snooze]);
    scheduler.after(random.between(0, 2_500), '', () => {
      if (tenant === undefined) {
        act(victim);
      } else {
        layer.count('victim-wanted');
        ask(tenant);
      }
    });
  });
  world.api.onSubmit = chain(world.api.onSubmit, (statement) => {
    const keys = statement.kind === 'termination' ? Object.values(statement.parameters).join('') : '';
    const victim = tables.plans
      .get(statement.name.slice('run:'.length))
      ?.members.find(({ identity }) =>
        keys.includes(victimKey({ ...identity, startedAt: new Date(identity.startedAt) })),
      );
    const backend = victim === undefined ? undefined : cluster.backends.get(victim.identity.pid);
    if (backend === undefined || !random.chance(OFTEN / 2)) {
      return;
    }
    const opener = backend.session === null ? undefined : world.api.sessions.get(backend.session)?.opener;
    const tenant = opener === undefined ? undefined : parseStatementName(opener)?.tenant;
    if (world.isTroubled() && random.chance(OFTEN / 2)) {
      // The run dies or fails, its statement waits with the server, and nobody is to be ended any more.
      layer.count('statement-left-behind');
      statement.heldForMs = random.between(60_000, 500_000);
      const runId = statement.name.slice('run:'.length);
      if (random.chance(0.5)) {
        world.failing.add(runId);
      } else {
        scheduler.after(random.between(500, 3_000), `${statement.name} is stopped`, () => world.running.get(runId)?.());
      }
      world.pauseRules(1_200_000);
    }
    if (tenant !== undefined) {
      scheduler.after(0, '', () => ask(tenant));
    } else if (backend.session === null && !backend.running) {
      layer.count('victim-runs');
      cluster.begin(backend);
      scheduler.after(random.between(500, 20_000), '', () => (backend.alive ? cluster.finish(backend) : undefined));
    }
  });
}

function chain<T>(first: (value: T) => void, second: (value: T) => void): (value: T) => void {
  return (value) => {
    first(value);
    second(value);
  };
}
