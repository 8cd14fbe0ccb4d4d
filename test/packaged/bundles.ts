import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { textOf } from './grants.ts';
import type { PackagedStack } from './package-stack.ts';
import { readZip } from './read-zip.ts';
import { resourcesOf } from './template.ts';

/** A function as it would be uploaded. */
export interface Bundle {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly zipBytes: number;
  readonly files: ReadonlyMap<string, string>;
  /** The code behind the handler. */
  readonly code: string;
}

/** @throws Error when a zip has no file for its function's handler */
export function bundlesOf({ template, folder }: PackagedStack): Bundle[] {
  return resourcesOf(template, 'AWS::Lambda::Function').map(([id, properties]) => {
    const { S3Key } = properties['Code'] as { S3Key: string };
    const path = join(folder, basename(S3Key));
    const files = readZip(path);
    const handler = String(properties['Handler']).replace(/\.handler$/, '.mjs');
    const code = files.get(handler);
    if (code === undefined) {
      throw new Error(`Expected ${path} to have ${handler}, got ${[...files.keys()].join(', ')}.`);
    }
    return { id, properties, zipBytes: statSync(path).size, files, code };
  });
}

/**
 * Operations of AWS's services whose commands are in a bundle. Minified, a command is still a class that is made with its
 * operation's name: `class x extends f(a,b,"GetItem",c){}`.
 */
export function operationsIn({ code }: Pick<Bundle, 'code'>): Set<string> {
  return new Set([...code.matchAll(/extends [\w$]+\([\w$]+,[\w$]+,"([A-Z]\w+)",/g)].map(([, name = '']) => name));
}

/** Variables of Slotkeeper's own that a bundle reads. */
function variablesIn({ code }: Pick<Bundle, 'code'>): Set<string> {
  return new Set([...code.matchAll(/\bSLOTKEEPER_[A-Z_]+\b/g)].map(([name]) => name));
}

/** Read where it is set, and on AWS it is not: events go to the account's default bus. */
const MAY_BE_ABSENT = ['SLOTKEEPER_EVENT_BUS'];

/** What each variable must be; `slotkeeper.yml` is where the zip has it. */
const VALUES: Readonly<Record<string, string>> = {
  NODE_OPTIONS: '--enable-source-maps',
  SLOTKEEPER_TABLE: 'SessionTable',
  SLOTKEEPER_OWNERS_TOPIC_ARN: 'OwnersTopic',
  SLOTKEEPER_OPERATORS_TOPIC_ARN: 'OperatorsTopic',
  SLOTKEEPER_SNOOZE_URL: 'SnoozeSessionLambdaFunctionUrl.FunctionUrl',
  SLOTKEEPER_SNOOZE_SECRET_ARN: 'SnoozeKey',
};

/** Variables that a function reads and has not, or has and does not read; what is not in its zip, or should not be. */
export function bundleProblems(bundles: readonly Bundle[], config: string, most: number): string[] {
  return bundles.flatMap((bundle) => {
    const { id, properties, zipBytes, files } = bundle;
    const { Variables } = properties['Environment'] as { Variables: Readonly<Record<string, unknown>> };
    const read = variablesIn(bundle);
    const set = Object.keys(Variables);
    const handler = String(properties['Handler']).replace(/\.handler$/, '.mjs');
    const expected = [config, handler, `${handler}.map`].sort();
    const found = [...files.keys()].sort();
    return [
      ...[...read]
        .filter((name) => !set.includes(name) && !MAY_BE_ABSENT.includes(name))
        .map((name) => `${id} reads ${name}, which is not set`),
      ...set
        .filter((name) => !read.has(name) && name !== 'NODE_OPTIONS')
        .map((name) => `${id} has ${name}, which it does not read`),
      ...Object.entries(Variables)
        .filter(([name, value]) => textOf(value) !== (name === 'SLOTKEEPER_CONFIG' ? `./${config}` : VALUES[name]))
        .map(([name, value]) => `${id}: ${name} is ${textOf(value)}`),
      ...(zipBytes <= most ? [] : [`${id}: ${zipBytes} bytes zipped, at most ${most}`]),
      ...(expected.join() === found.join() ? [] : [`${id} has ${found.join(', ')}`]),
    ];
  });
}
