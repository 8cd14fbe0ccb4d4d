import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder `state-machines` of this package: built code is deeper in it than the checkout's.
 *
 * @throws Error when the installation is not whole
 */
export function stateMachinesFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) {
      return join(folder, 'state-machines');
    }
  }
  throw new Error('Expected Slotkeeper to be installed with its package.json, which is not there. Install it again.');
}
