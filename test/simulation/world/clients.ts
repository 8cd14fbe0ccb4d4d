import type { BackendKind, ClusterBackend } from '../server/cluster.ts';
import type { World } from './world.ts';

const PEOPLE: readonly { readonly kind: BackendKind; readonly user: string; readonly application: string }[] = [
  { kind: 'client', user: 'bi_anna', application: 'Tableau' },
  { kind: 'client', user: 'bi_anna', application: 'Tableau' },
  { kind: 'client', user: 'bi_otto', application: 'Power BI' },
  { kind: 'client', user: 'etl', application: 'dbt' },
  { kind: 'client', user: 'scratch_1', application: 'psql' },
  { kind: 'client', user: 'scratch_2', application: 'DBeaver' },
  { kind: 'exempt', user: 'exempt_finance', application: 'Tableau' },
  { kind: 'superuser', user: 'admin', application: 'psql' },
  { kind: 'system', user: 'rdsdb', application: '' },
  // Its transaction is older than its session, as no session's is: nobody can tell what it does.
  { kind: 'exempt', user: 'bi_odd', application: 'Tableau' },
];

/** People's own sessions: they open, run statements, leave them open for long, close, and come again under old pids. */
export function letClientsIn(world: World, until: number): void {
  const { scheduler, cluster } = world;
  const { random } = scheduler;

  const come = () => {
    if (scheduler.now >= until) {
      return;
    }
    const person = random.pick(PEOPLE);
    if (cluster.backends.size < 24) {
      const backend = cluster.open({
        ...person,
        denied: person.kind === 'client' && random.chance(0.03),
        outlives: random.chance(0.08) ? random.between(1, 4) : 0,
      });
      if (backend !== null) {
        if (person.user === 'bi_odd') {
          backend.transactionStartedAt = new Date(backend.startedAt.getTime() - 60_000);
        }
        live(backend);
      }
    }
    scheduler.after(random.between(5_000, 150_000), '', come);
  };

  const live = (backend: ClusterBackend) => {
    if (!backend.alive) {
      return;
    }
    if (scheduler.now < until && random.chance(0.75)) {
      cluster.begin(backend);
      scheduler.after(random.chance(0.2) ? random.between(20_000, 900_000) : random.between(5, 4_000), '', () => {
        if (backend.alive) {
          cluster.finish(backend);
          rest(backend);
        }
      });
    } else {
      rest(backend);
    }
  };

  const rest = (backend: ClusterBackend) => {
    if (random.chance(0.1)) {
      scheduler.after(random.between(100, 60_000), '', () => cluster.end(backend, 'closed'));
      return;
    }
    const idle = random.pick([
      random.between(500, 60_000),
      random.between(60_000, 700_000),
      random.between(300_000, 3_000_000),
    ]);
    scheduler.after(idle, '', () => live(backend));
  };

  scheduler.after(1_000, '', come);
}
