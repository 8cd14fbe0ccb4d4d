import { explore } from './explore.ts';
import { SECOND_LINES, weaknesses } from './protocol.ts';

/** Checks the protocol, and that each weakness of it is found: `npm run model`. */
const whole = explore();
const lines = [
  `lease, drain and end of one session: ${whole.states} states, ${whole.transitions} transitions`,
  ...(whole.broken === null
    ? ['every promise holds in all of them']
    : [`BROKEN: ${whole.broken.promise}`, ...whole.broken.trace]),
];
let missed = whole.broken === null ? 0 : 1;
for (const weakness of weaknesses) {
  const { broken } = explore([weakness]);
  missed += broken === null ? 1 : 0;
  lines.push(
    '',
    `${weakness}: ${broken === null ? 'NOT FOUND' : broken.promise}`,
    ...(broken?.trace ?? []).map((step, index) => `  ${index}. ${step}`),
  );
}
for (const line of SECOND_LINES) {
  const { broken, states } = explore([line]);
  const other = explore([line, 'claim and statement before drain'], 'no running backend ended').broken;
  missed += (broken === null ? 0 : 1) + (other === null ? 1 : 0);
  lines.push(
    '',
    `${line}: ${broken === null ? `a second line of defence, not missed in ${states} states` : broken.promise}`,
    '',
    `${line}, claim and statement before drain: ${other === null ? 'NOT FOUND' : other.promise}`,
    ...(other?.trace ?? []).map((step, index) => `  ${index}. ${step}`),
  );
}
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = missed === 0 ? 0 : 1;
