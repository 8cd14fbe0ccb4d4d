import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { shiftGlobalDate } from '../../local/lambda/shift-global-date.ts';
import { mostResident } from './most-resident.ts';

// In a process of its own, as one Lambda container: imports a function, calls it once with the event of its standard input,
// and prints the answer and how much memory the process held at its most, before the call and in all.
const [modulePath = '', clockOffsetMs = '0', outcomeMark = ''] = process.argv.slice(2);
shiftGlobalDate()(Number(clockOffsetMs));
const event = JSON.parse(await text(process.stdin));
const { handler }: { handler: (event: unknown) => Promise<unknown> } = await import(pathToFileURL(modulePath).href);

const imported = mostResident();
const begun = performance.now();
const answer = await handler(event);
const took = performance.now() - begun;
process.stdout.write(`\n${outcomeMark}${JSON.stringify({ answer, imported, most: mostResident(), took })}\n`);
process.exit(0);
