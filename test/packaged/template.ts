/** A resource as the packaged template has it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Condition?: string;
}

/** A CloudFormation template in JSON. */
export interface Template {
  readonly AWSTemplateFormatVersion: string;
  readonly Description: string;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown; readonly [more: string]: unknown }>>;
}

/** The resources of a type by their logical ids, with their properties. */
export function resourcesOf(template: Template, type: string): [string, Readonly<Record<string, unknown>>][] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties }]) => [id, Properties ?? {}]);
}

/** @throws Error when the template has no such resource */
export function propertiesOf(template: Template, id: string): Readonly<Record<string, unknown>> {
  const resource = template.Resources[id];
  if (resource === undefined) {
    throw new Error(`Expected a resource ${id}, got ${Object.keys(template.Resources).join(', ')}.`);
  }
  return resource.Properties ?? {};
}

/** Every object of a value, the value itself first, with its path. */
export function* objectsIn(value: unknown, path = ''): Generator<[string, Readonly<Record<string, unknown>>]> {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  if (!Array.isArray(value)) {
    yield [path, value as Readonly<Record<string, unknown>>];
  }
  for (const [key, member] of Object.entries(value)) {
    yield* objectsIn(member, `${path}/${key}`);
  }
}
