/** Puts new text between the marks of a part of a page, `<!-- name -->` and `<!-- /name -->`. @throws Error without marks */
export function replacePart(page: string, name: string, text: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(open), page.indexOf(close)];
  if (from < 0 || to < from) {
    throw new Error(`Expected the page to have ${open} and, after it, ${close}.`);
  }
  return `${page.slice(0, from + open.length)}\n\n${text.trim()}\n\n${page.slice(to)}`;
}
