import { pathToFileURL } from 'node:url';

// In a process of its own, as at a cold start: imports one module and prints how many milliseconds that took.
const [path = ''] = process.argv.slice(2);
const begun = performance.now();
const { handler }: { handler?: unknown } = await import(pathToFileURL(path).href);
const took = performance.now() - begun;
process.stdout.write(JSON.stringify({ took, isHandler: typeof handler === 'function' }));
// What a module keeps open is no concern of its import.
process.exit(0);
