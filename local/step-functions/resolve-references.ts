/**
 * Puts values in place of CloudFormation's references, so that a definition runs here as it is deployed:
 * `{"Ref": "OwnersTopic"}`, `{"Fn::GetAtt": ["beginRun", "Arn"]}` and `{"Fn::GetAtt": "beginRun.Arn"}`.
 *
 * @param references values by logical id, or by the key of a function in `serverless.yml`
 * @throws Error that names the reference and what there is
 */
export function resolveReferences(value: unknown, references: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolveReferences(item, references));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const id = referencedId(value);
  if (id === null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveReferences(item, references)]));
  }
  const resolved = references.get(id);
  if (resolved === undefined) {
    throw new Error(
      `Expected a reference to something that the embedded cloud has, got ${JSON.stringify(value)}. It has: ${[...references.keys()].join(', ')}.`,
    );
  }
  return resolved;
}

function referencedId(value: object): string | null {
  const entries = Object.entries(value) as [string, unknown][];
  const [key, target] = entries[0] ?? [];
  if (entries.length !== 1 || (key !== 'Ref' && key !== 'Fn::GetAtt')) {
    return null;
  }
  const [id, attribute] = Array.isArray(target) ? target : String(target).split('.');
  return attribute === undefined || attribute === 'Arn' ? String(id) : null;
}
