import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mermaidOfAsl } from '../../scripts/mermaid-of-asl.ts';
import { stateMachinePage } from '../../scripts/state-machine-page.ts';
import { STATE_MACHINE_PAGES } from '../../scripts/state-machine-pages.ts';

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

describe('the page about the state machine', () => {
  it.each(STATE_MACHINE_PAGES)(
    '$page is what its definition says: after a change, run `node scripts/state-machine-diagram.ts --write`',
    ({ page, file, title }) => {
      expect(read(page)).toBe(stateMachinePage(JSON.parse(read(`state-machines/${file}`)), { title, file }));
    },
  );

  it('draws transitions, choices and errors that lead elsewhere, and leaves out those that lead to FailRun', () => {
    const drawn = mermaidOfAsl({
      StartAt: 'Look',
      States: {
        Look: {
          Type: 'Task',
          Next: 'IsDone',
          Catch: [
            { ErrorEquals: ['Busy'], Next: 'Rest' },
            { ErrorEquals: ['States.ALL'], Next: 'FailRun' },
          ],
        },
        IsDone: {
          Type: 'Choice',
          Choices: [{ Variable: '$.look.status', StringEquals: 'FINISHED', Next: 'Rest' }],
          Default: 'Look',
        },
        Rest: { Type: 'Succeed' },
      },
    });
    expect(drawn.split('\n').slice(1)).toEqual([
      '  [*] --> Look',
      '  Look --> IsDone',
      '  Look --> Rest : Busy',
      '  state IsDone <<choice>>',
      '  note right of IsDone : IsDone',
      '  IsDone --> Rest : status is FINISHED',
      '  IsDone --> Look : otherwise',
      '  Rest --> [*]',
    ]);
  });

  it('draws a choice of which several things must be so', () => {
    const And = [
      { Variable: '$.input.after', IsPresent: true },
      { Variable: '$.input.after', NumericLessThanEquals: 9 },
    ];
    const drawn = mermaidOfAsl({
      StartAt: 'Has',
      States: { Has: { Type: 'Choice', Choices: [{ And, Next: 'Rest' }] }, Rest: { Type: 'Succeed' } },
    });
    expect(drawn).toContain('  Has --> Rest : after present and after <= 9');
  });

  it('refuses a choice that it cannot put into words', () => {
    const machine = {
      StartAt: 'IsDone',
      States: { IsDone: { Type: 'Choice', Choices: [{ Variable: '$.x', StringMatches: 'a*', Next: 'IsDone' }] } },
    };
    expect(() => mermaidOfAsl(machine)).toThrow('got {"Variable":"$.x","StringMatches":"a*","Next":"IsDone"}');
  });
});
