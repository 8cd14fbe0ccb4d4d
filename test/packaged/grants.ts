import { propertiesOf, type Template } from './template.ts';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Who asks with a role's credentials: the code of a function, which its ARN tells, or the service itself. */
export type Asking = { readonly functionArn: string } | 'service';

const SOURCE = 'lambda:SourceFunctionArn';
const KEYS = 'dynamodb:LeadingKeys';

/** What a role may, for who asks: `action resource`, ` if …` where there is a condition beside who asks and which items. */
export function grantsOf(template: Template, role: string, asking: Asking): Set<string> {
  const own = policiesOf(template, role)
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Condition }) => isFor(asking, Condition));
  const of = (effect: Statement['Effect']) => own.filter(({ Effect }) => Effect === effect).flatMap(linesOf);
  const denied = new Set(of('Deny'));
  return new Set(of('Allow').filter((line) => !denied.has(line)));
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

/** Those in the role itself, and those that it takes by reference. */
function policiesOf(template: Template, role: string): Policy[] {
  const { Policies = [], ManagedPolicyArns = [] } = propertiesOf(template, role) as {
    readonly Policies?: readonly Policy[];
    readonly ManagedPolicyArns?: readonly unknown[];
  };
  const managed = ManagedPolicyArns.map((policy) => propertiesOf(template, textOf(policy)) as unknown as Policy);
  return [...Policies, ...managed];
}

function isFor(asking: Asking, condition: Statement['Condition']): boolean {
  const arns = condition?.['ArnEquals']?.[SOURCE];
  const none = condition?.['Null']?.[SOURCE];
  if (asking === 'service') {
    return arns === undefined && none !== 'false';
  }
  return none !== 'true' && (arns === undefined || list(arns).map(textOf).includes(asking.functionArn));
}

function linesOf({ Action, Resource, Condition = {} }: Statement): string[] {
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: list(values).map(textOf) })),
  );
  const rest = conditions
    .filter(({ key }) => key !== SOURCE && key !== KEYS)
    .map(({ operator, key, values }) => `${operator} ${key} ${values.join('|')}`);
  const only = rest.length === 0 ? '' : ` if ${rest.sort().join(' and ')}`;
  const patterns = conditions
    .filter(({ key, operator }) => key === KEYS && operator === 'ForAllValues:StringLike')
    .flatMap(({ values }) => values);
  return list(Resource)
    .map(textOf)
    .flatMap((resource) => [
      ...list(Action).map((action) => `${action} ${resource}${only}`),
      ...patterns.map((pattern) => `keys ${resource} ${pattern}`),
    ]);
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** `Id` of a `Ref`, `Id.Attribute` of a `Fn::GetAtt`, the text of a `Fn::Sub`. */
export function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  const [[operation, argument] = ['', '']] = Object.entries(value);
  return operation === 'Fn::GetAtt' ? (argument as string[]).join('.') : String(argument);
}
