import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { applyEdits } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

/** Loaded before everything else (`node --import`): files that the named mutant edits are loaded as it has them. */
const mutant = MUTANTS.find(({ name }) => name === process.env['SIMULATED_MUTANT']);
if (mutant === undefined) {
  throw new Error(`Expected SIMULATED_MUTANT to name a mutant, got '${process.env['SIMULATED_MUTANT'] ?? ''}'.`);
}
const root = new URL('../../../', import.meta.url).href;

registerHooks({
  load(url, context, nextLoad) {
    const file = url.startsWith(root) ? url.slice(root.length) : '';
    return mutant.edits.some((edit) => edit.file === file)
      ? {
          format: file.endsWith('.json') ? 'json' : 'module-typescript',
          source: applyEdits(file, readFileSync(new URL(url), 'utf8'), mutant.edits),
          shortCircuit: true,
        }
      : nextLoad(url, context);
  },
});
