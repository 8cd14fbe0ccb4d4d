import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { arnOf } from '../cloud-names.ts';
import { AwsError } from '../http/aws-error.ts';

/** One function of the project. */
export interface LambdaFunction {
  /** Its key in `serverless.yml`: the file's name in camelCase. */
  readonly key: string;
  readonly name: string;
  readonly arn: string;
  readonly moduleUrl: string;
}

/** The functions that can be invoked, found by name or ARN. */
export class FunctionCatalog {
  readonly all: readonly LambdaFunction[];
  readonly #byName: ReadonlyMap<string, LambdaFunction>;

  constructor(functions: readonly LambdaFunction[]) {
    this.all = functions;
    this.#byName = new Map(functions.flatMap((one) => [one.name, one.arn].map((name) => [name, one] as const)));
  }

  /**
   * Finds a function by name, ARN or ARN with the version `$LATEST`.
   *
   * @throws AwsError `ResourceNotFoundException`, in Lambda's words
   */
  get(nameOrArn: string): LambdaFunction {
    const found = this.#byName.get(nameOrArn.replace(/:\$LATEST$/, ''));
    if (found === undefined) {
      const arn = nameOrArn.startsWith('arn:') ? nameOrArn : arnOf('lambda', `function:${nameOrArn}`);
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
    }
    return found;
  }
}

/**
 * Reads a directory of functions: every `.ts` (or built `.js`) file in it is one.
 *
 * @param functionName gives a function's full name for its key
 */
export async function readFunctions(
  directory: string,
  functionName: (key: string) => string,
): Promise<FunctionCatalog> {
  const files = (await readdir(directory)).filter((file) => /\.[jt]s$/.test(file) && !file.endsWith('.d.ts')).sort();
  return new FunctionCatalog(
    files.map((file) => {
      const key = camelCase(basename(file, extname(file)));
      const name = functionName(key);
      return {
        key,
        name,
        arn: arnOf('lambda', `function:${name}`),
        moduleUrl: pathToFileURL(join(directory, file)).href,
      };
    }),
  );
}

function camelCase(kebab: string): string {
  return kebab.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
