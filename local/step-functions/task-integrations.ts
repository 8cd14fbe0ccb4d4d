import type { Json } from './asl.ts';

/** Carries out the tasks of one resource. */
export type TaskIntegration = (parameters: Json) => Promise<Json>;

/** How a resource's part before the first dot or colon reads in the history: `lambda` and `invoke`. */
export interface ResourceLabel {
  readonly resourceType: string;
  readonly resource: string;
}

/** Finds the integration for a task's Resource ARN. */
export class TaskIntegrations {
  readonly #exact: ReadonlyMap<string, TaskIntegration>;
  readonly #prefixes: readonly (readonly [prefix: string, integration: (rest: string) => TaskIntegration | null])[];

  /**
   * @param exact by whole ARN, e.g. `arn:aws:states:::sns:publish`
   * @param prefixes by the beginning of the ARN; the function gets the rest and answers null when it has no such action
   */
  constructor(
    exact: Readonly<Record<string, TaskIntegration>>,
    prefixes: Readonly<Record<string, (rest: string) => TaskIntegration | null>>,
  ) {
    this.#exact = new Map(Object.entries(exact));
    this.#prefixes = Object.entries(prefixes);
  }

  /** @throws Error that names the resource and what there is, so that a machine fails when it is read, not when it runs */
  find(resource: string): TaskIntegration {
    const found = this.#exact.get(resource) ?? this.#byPrefix(resource);
    if (found === null) {
      const offered = [...this.#exact.keys(), ...this.#prefixes.map(([prefix]) => `${prefix}…`)];
      throw new Error(
        `Expected a Resource that the embedded cloud can run, got '${resource}'. It has: ${offered.join(', ')}.`,
      );
    }
    return found;
  }

  #byPrefix(resource: string): TaskIntegration | null {
    for (const [prefix, integration] of this.#prefixes) {
      if (resource.startsWith(prefix)) {
        return integration(resource.slice(prefix.length));
      }
    }
    return null;
  }
}

/** `arn:aws:states:::aws-sdk:redshiftdata:describeStatement` → `aws-sdk:redshiftdata` and `describeStatement`. */
export function labelOf(resource: string): ResourceLabel {
  const path = resource.replace(/^arn:aws:states:::/, '');
  if (path === resource) {
    return { resourceType: 'lambda', resource };
  }
  const cut = path.lastIndexOf(':');
  return { resourceType: path.slice(0, cut), resource: path.slice(cut + 1) };
}
