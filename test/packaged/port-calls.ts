import { build } from 'esbuild';

/** The adapters: what a function asks of them is what counts, not what they could do. */
const ADAPTERS =
  /\/(dynamodb-[\w-]+|sns-notice-channel|event-bridge-publisher|powertools-[\w-]+|data-api(-pool)?-warehouse|create-postgres-opener|postgres-passwords|secrets-manager-link-keys)\.ts$/;

/** Commands of ports other than the table, by the names under which the code has them. */
const CALLS =
  /\b(owners|operators|events|keys)\??\.(publish|audienceOf|signing|accepted)\b|(?:\bwarehouse|\))\.(submit|describe|fetchRows|fetchPage|cancel|findSession|findStatements|listSessions|query)\(/g;

/** What the code of a function may call, all ways through it taken together. */
export interface PortCalls {
  /** `owners.publish`, `warehouse.submit`, … */
  readonly calls: ReadonlySet<string>;
  /** Whether a word, such as a command of the session table, is in the code. */
  mentions(word: string): boolean;
}

/**
 * The commands of ports that a function's code has, found in its own bundle: without the libraries, without the
 * adapters, and without all that no way from the handler leads to.
 *
 * @param handler as the template has it, e.g. `functions/begin-run.handler`
 */
export async function portCalls(handler: string): Promise<PortCalls> {
  const { outputFiles } = await build({
    entryPoints: [handler.replace(/\.handler$/, '.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    plugins: [
      {
        name: 'adapters-apart',
        setup: (one) =>
          one.onResolve({ filter: ADAPTERS }, ({ path }) => ({ path, external: true, sideEffects: false })),
      },
    ],
  });
  const code = outputFiles.map(({ text }) => text).join('\n');
  const calls = [...code.matchAll(CALLS)].map(([, port, command, ofWarehouse]) =>
    ofWarehouse === undefined ? `${port}.${command}` : `warehouse.${ofWarehouse}`,
  );
  return { calls: new Set(calls), mentions: (word) => new RegExp(`\\.${word}\\b`).test(code) };
}
