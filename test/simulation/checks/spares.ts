import type { CreateCheck } from './check.ts';

/** Nobody is ended who runs a statement, is exempt, the platform's, a superuser or the reaper's own. */
export const checkSpares: CreateCheck = (_world, violate) => ({
  signal(backend, { session }) {
    const { pid, user, kind } = backend;
    if (backend.running) {
      violate('no running backend ended', `${pid} of ${user} was running a statement (${backend.shownIn})`);
    }
    if (kind !== 'client' && kind !== 'tenant') {
      violate('no exempt, own or unknown backend ended', `${pid} of ${user} is ${kind}`);
    }
    if (session.backend === backend) {
      violate('no exempt, own or unknown backend ended', `${pid} is the asking session`);
    }
  },
});
