import { SHAPES } from './resource-shapes.ts';
import type { Template } from './template.ts';

/** What is wrong with the resources of a template: unknown types and properties, what is missing, values not allowed. */
export function resourceProblems({ Resources }: Template): string[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties = {}, ...attributes }]) => {
    const shape = SHAPES[Type];
    if (shape === undefined) {
      return [`${id}: no shape of ${Type}`];
    }
    const unknown = Object.keys(attributes).filter((name) => !ATTRIBUTES_OF_RESOURCES.includes(name));
    return [
      ...unknown.map((name) => `${id} (${Type}): ${name} is no attribute of resources`),
      ...(shape.safeParse(Properties).error?.issues ?? []).map(
        ({ path, message }) => `${id} (${Type}) ${path.map(String).join('/')}: ${message}`,
      ),
      ...(/^[A-Za-z0-9]{1,255}$/.test(id) ? [] : [`${id}: no logical id, which has letters and digits only`]),
    ];
  });
}

const ATTRIBUTES_OF_RESOURCES = ['DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy'];
