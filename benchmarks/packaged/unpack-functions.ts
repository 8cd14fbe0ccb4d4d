import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Bundle, bundlesOf } from '../../test/packaged/bundles.ts';
import { cloneCheckout, packageStack } from '../../test/packaged/package-stack.ts';

/** A function as Lambda would have it on its disk. */
export interface UnpackedFunction {
  /** Its key in the stack, such as `planActions`. */
  readonly key: string;
  readonly zipBytes: number;
  /** The code alone, without its map. */
  readonly codeBytes: number;
  /** Memory that the stack gives it, MB. */
  readonly memoryMegabytes: number;
  /** Path of the module that has the handler. */
  readonly module: string;
}

/** Packages the stack that has every function there is, and unpacks each of them below a folder. */
export async function unpackFunctions(folder: string): Promise<readonly UnpackedFunction[]> {
  const clone = join(folder, 'clone');
  await cloneCheckout(clone);
  const stack = await packageStack(clone, 'packaged', ['--param=config=test/fixtures/three-engines.yml']);
  return bundlesOf(stack)
    .map((bundle) => unpack(bundle, join(folder, 'unpacked')))
    .sort((one, other) => other.zipBytes - one.zipBytes);
}

function unpack({ properties, zipBytes, files, code }: Bundle, folder: string): UnpackedFunction {
  const key = String(properties['FunctionName']).split('-').at(-1) ?? '';
  for (const [name, text] of files) {
    const path = join(folder, key, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const handler = String(properties['Handler']).replace(/\.handler$/, '.mjs');
  return {
    key,
    zipBytes,
    codeBytes: Buffer.byteLength(code),
    memoryMegabytes: Number(properties['MemorySize']),
    module: join(folder, key, handler),
  };
}
