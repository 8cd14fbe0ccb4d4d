import type { fromConfig } from '../deploy/from-config.ts';
import type { PolicyStatement } from '../deploy/policy-statement.ts';

type Stack = ReturnType<typeof fromConfig>;

/** Who has each role of a stack, and what it may do: made from the stack itself, so that it cannot tell another story. */
export function principalsTable(stack: Stack): string {
  const roles = Object.entries(stack.resources.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  return roles
    .map(([id, { Properties }]) => {
      const policies = (Properties?.['Policies'] ?? []) as readonly Policy[];
      const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      const rows = statements.map(
        (statement) => `| ${inWords(statement)} | ${list(statement.Resource)} | ${conditions(statement)} |`,
      );
      return [
        `### ${id}`,
        '',
        `${holders(stack, id)}.`,
        '',
        '| actions | on | only |',
        '| --- | --- | --- |',
        ...rows,
      ].join('\n');
    })
    .join('\n\n');
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly PolicyStatement[] };
}

function holders({ functions, stateMachines }: Stack, id: string): string {
  const keys = Object.entries(functions).flatMap(([key, { role }]) => (role === id ? [`\`${key}\``] : []));
  const machines = Object.values(stateMachines).flatMap(({ id: machine, role }) =>
    JSON.stringify(role).includes(`"${id}"`) ? [`the state machine \`${machine}\``] : [],
  );
  const all = [...keys, ...machines];
  return `Of ${all.length === 0 ? 'the rules that start runs' : all.join(', ')}`;
}

const inWords = ({ Effect, Action }: PolicyStatement): string =>
  `${Effect === 'Deny' ? '**denied:** ' : ''}${Action.map((action) => `\`${action}\``).join(', ')}`;

const list = (resource: unknown): string =>
  (Array.isArray(resource) ? resource : [resource]).map((one) => `\`${short(one)}\``).join(', ');

/** An ARN without what is the same in all of them, or the resource of the stack. */
function short(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value as Readonly<Record<string, unknown>>;
  const name = Ref ?? (Array.isArray(attribute) ? attribute[0] : text);
  return String(name)
    .replace(/^arn:\$\{AWS::Partition\}:/, '')
    .replace(/:\$\{AWS::Region\}:\$\{AWS::AccountId\}:/, ':')
    .replaceAll(/\$\{(\w+)\.Arn\}/g, '$1')
    .replaceAll(/\$\{AWS::(\w+)\}/g, '<$1>');
}

function conditions({ Condition = {} }: PolicyStatement): string {
  return Object.entries(Condition)
    .flatMap(([operator, keys]) => Object.entries(keys).map(([key, value]) => condition(operator, key, value)))
    .join('; ');
}

function condition(operator: string, key: string, value: unknown): string {
  return operator === 'Null' ? `\`${key}\` is absent` : `\`${key}\` is ${list(value)}`;
}
