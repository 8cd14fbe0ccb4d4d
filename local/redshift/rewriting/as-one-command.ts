/**
 * Several commands as one statement without a result, which also the extended protocol takes.
 *
 * @param commands statements of PL/pgSQL, without their semicolons
 */
export function asOneCommand(commands: readonly string[]): string {
  const body = `begin ${commands.map((command) => `${command};`).join(' ')} end`;
  // A quote that occurs nowhere in the text, so that nothing in it can end it.
  let quote = '$slotkeeper$';
  for (let count = 1; body.includes(quote); count++) quote = `$slotkeeper${count}$`;
  return `do ${quote}${body}${quote}`;
}
