import { type AslMachine, type AslState, describeRule, mermaidOfAsl } from './mermaid-of-asl.ts';

/** The page about the state machine, made from its definition so that it cannot tell another story. */
export function stateMachinePage(machine: AslMachine, { title, file }: { title: string; file: string }): string {
  return `# ${title}

<!-- Made by scripts/state-machine-diagram.ts from state-machines/${file}. Do not edit. -->

${machine.Comment ?? ''}

Start it with \`{"target": "<name in slotkeeper.yml>", "dryRun": false}\`; \`dryRun\` may be left out.

\`\`\`mermaid
${mermaidOfAsl(machine)}
\`\`\`

Not drawn: from every task, an error that no arrow names leads to \`FailRun\`, and from there the execution fails. Retries
are for transient errors of the services only.

| state | type | what it does |
| --- | --- | --- |
${stateRows(machine).join('\n')}
`;
}

function stateRows(machine: AslMachine): readonly string[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    `| \`${name}\` | ${state.Type} | ${describeState(name, state)} |`,
    ...(state.ItemProcessor === undefined ? [] : stateRows(state.ItemProcessor)),
  ]);
}

/** @throws RangeError when a task has no words of its own: it acts, so a reader must be told what it does */
function describeState(name: string, state: AslState): string {
  if (state.Type === 'Task' && state.Comment === undefined) {
    throw new RangeError(`Expected the task ${name} to have a Comment that says what it does, found none.`);
  }
  const ways = [
    ...(state.Choices ?? []).map((rule) => `${describeRule(rule)}: \`${rule.Next}\``),
    ...(state.Default === undefined ? [] : [`otherwise: \`${state.Default}\``]),
  ];
  return [state.Comment, ways.join('; ')].filter((part) => part !== undefined && part !== '').join(' ');
}
