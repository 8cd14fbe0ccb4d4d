import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';

/** One line about the machine that measured. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? '';
  const processor = model === '' || model === 'unknown' ? arch() : model;
  const gibibytes = Math.round(totalmem() / 1024 ** 3);
  return `${availableParallelism()} cores (${processor}), ${gibibytes} GiB, ${platform()} ${arch()}, Node ${process.versions.node}`;
}
