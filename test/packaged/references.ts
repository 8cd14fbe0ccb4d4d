import { ATTRIBUTES } from './resource-shapes.ts';
import { objectsIn, type Template } from './template.ts';

/** Pseudo parameters (CloudFormation guide, "Pseudo parameters reference"). */
const PSEUDO = [
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];

/** What a value of the template refers to: a resource, and which attribute of it; null: `Ref`. */
interface Reference {
  readonly path: string;
  readonly id: string;
  readonly attribute: string | null;
}

function* referencesIn(value: unknown): Generator<Reference> {
  for (const [path, object] of objectsIn(value)) {
    if (typeof object['Ref'] === 'string') {
      yield { path, id: object['Ref'], attribute: null };
    }
    const got = object['Fn::GetAtt'];
    if (got !== undefined) {
      const [id = '', attribute = ''] = typeof got === 'string' ? got.split(/\.(.*)/) : (got as string[]);
      yield { path, id, attribute };
    }
    const substituted = object['Fn::Sub'];
    if (substituted !== undefined) {
      yield* placeholders(path, substituted);
    }
  }
}

/** Of `Fn::Sub`: `${Id}`, `${Id.Attribute}`, or a name of its own second argument; `${!…}` is a text. */
function* placeholders(path: string, substituted: unknown): Generator<Reference> {
  const [text, own] = Array.isArray(substituted) ? substituted : [substituted, {}];
  for (const [, name = ''] of String(text).matchAll(/\$\{([^!}][^}]*)\}/g)) {
    if (!(name in own)) {
      const [id = '', attribute] = name.split(/\.(.*)/);
      yield { path, id, attribute: attribute ?? null };
    }
  }
}

/** What is wrong with the references of a template: names of nothing, attributes that a type has not, circles. */
export function referenceProblems({ Resources, Outputs }: Template): string[] {
  const problems: string[] = [];
  const edges = new Map<string, Set<string>>();
  for (const [id, { Type, Properties, DependsOn = [] }] of Object.entries(Resources)) {
    const needed = new Set([DependsOn].flat());
    for (const dependency of needed) {
      if (Resources[dependency] === undefined) {
        problems.push(`${id} (${Type}) depends on ${dependency}, which is not there`);
      }
    }
    for (const reference of referencesIn(Properties)) {
      problems.push(...problemOf(`${id}${reference.path}`, reference));
      needed.add(reference.id);
    }
    edges.set(id, needed);
  }
  for (const reference of referencesIn(Outputs)) {
    problems.push(...problemOf(`Outputs${reference.path}`, reference));
  }
  return [...problems, ...circles(edges)];

  function problemOf(where: string, { id, attribute }: Reference): string[] {
    const resource = Resources[id];
    if (resource === undefined) {
      return attribute === null && PSEUDO.includes(id) ? [] : [`${where} refers to ${id}, which is not there`];
    }
    const known = ATTRIBUTES[resource.Type] ?? [];
    return attribute === null || known.includes(attribute)
      ? []
      : [`${where} asks for ${id}.${attribute}; a ${resource.Type} has ${known.join(', ') || 'no attributes'}`];
  }
}

/** Resources that could only be made after themselves. */
function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const settled = new Set<string>();
  const found: string[] = [];
  const visit = (id: string, way: readonly string[]): void => {
    if (way.includes(id)) {
      found.push(`circle: ${[...way.slice(way.indexOf(id)), id].join(' → ')}`);
    } else if (!settled.has(id)) {
      for (const next of edges.get(id) ?? []) {
        visit(next, [...way, id]);
      }
      settled.add(id);
    }
  };
  for (const id of edges.keys()) {
    visit(id, []);
  }
  return found;
}
