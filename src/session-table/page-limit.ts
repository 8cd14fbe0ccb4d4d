/** Items of a page unless the caller says otherwise. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/**
 * The page size to use.
 *
 * @throws RangeError when it is not an integer from 1 to 1,000
 */
export function pageLimit(limit: number | undefined): number {
  const size = limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(size) || size < 1 || size > MAX_LIMIT) {
    throw new RangeError(`Expected limit to be an integer from 1 to ${MAX_LIMIT}, got ${size}.`);
  }
  return size;
}
