import { mkdir, writeFile } from 'node:fs/promises';
import { jsonSchemas } from '../src/cli/json/json-schemas.ts';

// Writes docs/schemas/*.json from the schemas that the command line checks its documents with:
// node scripts/cli-json-schemas.ts --write; without --write it prints them.
// Format them afterwards: npx biome format --write docs/schemas
const folder = new URL('../docs/schemas/', import.meta.url);

if (process.argv.includes('--write')) {
  await mkdir(folder, { recursive: true });
  for (const [file, schema] of Object.entries(jsonSchemas())) {
    await writeFile(new URL(file, folder), `${JSON.stringify(schema, null, 2)}\n`);
  }
} else {
  process.stdout.write(`${JSON.stringify(jsonSchemas(), null, 2)}\n`);
}
