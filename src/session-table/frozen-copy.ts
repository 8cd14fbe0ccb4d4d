/** A copy of plain data that nobody can change: not through the original, nor through the copy. */
export function frozenCopy<T>(value: T): T {
  return freezeAll(structuredClone(value));
}

function freezeAll<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) {
      freezeAll(member);
    }
    Object.freeze(value);
  }
  return value;
}
