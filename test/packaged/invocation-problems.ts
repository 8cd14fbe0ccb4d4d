import { textOf } from './grants.ts';
import { resourcesOf, type Template } from './template.ts';

interface RuleTarget {
  readonly Arn: unknown;
  readonly RoleArn?: unknown;
  readonly DeadLetterConfig: { readonly Arn: unknown };
}

interface QueueStatement {
  readonly Principal: { readonly Service?: string };
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition: { readonly ArnLike: Readonly<Record<string, unknown>> };
}

/** Who is to call a function, or to put something into a queue, and may not. */
export function invocationProblems(template: Template): string[] {
  return [...ruleProblems(template), ...urlProblems(template), ...apiProblems(template)];
}

/** A rule invokes functions by their permissions and machines by a role; what fails must be taken by its queue. */
function ruleProblems(template: Template): string[] {
  return resourcesOf(template, 'AWS::Events::Rule').flatMap(([id, { Name, Targets }]) =>
    (Targets as readonly RuleTarget[]).flatMap(({ Arn, RoleArn, DeadLetterConfig }) => {
      const [called = ''] = textOf(Arn).split('.');
      const isFunction = template.Resources[called]?.Type === 'AWS::Lambda::Function';
      const may = isFunction ? mayInvoke(template, id, called) : RoleArn !== undefined;
      return [
        ...(may ? [] : [`${id} may not call ${called}`]),
        ...(takes(template, textOf(DeadLetterConfig.Arn), String(Name)) ? [] : [`${id} may not use its dead letters`]),
      ];
    }),
  );
}

function mayInvoke(template: Template, rule: string, called: string): boolean {
  return resourcesOf(template, 'AWS::Lambda::Permission').some(
    ([, { FunctionName, Action, Principal, SourceArn }]) =>
      textOf(FunctionName).split('.')[0] === called &&
      Action === 'lambda:InvokeFunction' &&
      Principal === 'events.amazonaws.com' &&
      textOf(SourceArn) === `${rule}.Arn`,
  );
}

function takes(template: Template, queueArn: string, ruleName: string): boolean {
  const [queue] = queueArn.split('.');
  return resourcesOf(template, 'AWS::SQS::QueuePolicy').some(([, { Queues, PolicyDocument }]) => {
    const { Statement } = PolicyDocument as { Statement: readonly QueueStatement[] };
    return (
      (Queues as readonly unknown[]).map(textOf).some((id) => id === queue) &&
      Statement.some(({ Principal, Action, Resource, Condition }) => {
        const [, pattern = ''] = textOf(Condition.ArnLike['aws:SourceArn']).split(':rule/');
        return (
          Principal.Service === 'events.amazonaws.com' &&
          Action.includes('sqs:SendMessage') &&
          textOf(Resource) === queueArn &&
          pattern.endsWith('*') &&
          ruleName.startsWith(pattern.slice(0, -1))
        );
      })
    );
  });
}

/** A URL for everybody needs both permissions (Lambda guide, "Control access to Lambda function URLs"). */
function urlProblems(template: Template): string[] {
  return resourcesOf(template, 'AWS::Lambda::Url').flatMap(([id, { TargetFunctionArn }]) => {
    const [called = ''] = textOf(TargetFunctionArn).split('.');
    const given = resourcesOf(template, 'AWS::Lambda::Permission')
      .filter(([, { FunctionName, Principal }]) => textOf(FunctionName).startsWith(called) && Principal === '*')
      .map(([, { Action, FunctionUrlAuthType, InvokedViaFunctionUrl }]) =>
        FunctionUrlAuthType === 'NONE' || InvokedViaFunctionUrl === true ? Action : `${Action} in any way`,
      );
    const expected = ['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'];
    return given.sort().join() === expected.join() ? [] : [`${id}: everybody may ${given.join(', ') || 'nothing'}`];
  });
}

/** An API invokes the function behind an integration by its permission, which is for that API only. */
function apiProblems(template: Template): string[] {
  return resourcesOf(template, 'AWS::ApiGatewayV2::Integration').flatMap(([id, { ApiId, IntegrationUri }]) => {
    const [called = ''] = textOf(IntegrationUri).split('.');
    const may = resourcesOf(template, 'AWS::Lambda::Permission').some(
      ([, { FunctionName, Principal, SourceArn }]) =>
        textOf(FunctionName).split('.')[0] === called &&
        Principal === 'apigateway.amazonaws.com' &&
        textOf(SourceArn).includes(`:\${${textOf(ApiId)}}/`),
    );
    return may ? [] : [`${id} may not call ${called}`];
  });
}
