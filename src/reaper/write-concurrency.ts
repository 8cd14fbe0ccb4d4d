/** How many table writes a step has under way at once: quick for 2,000 backends, gentle to an on-demand table. */
export const WRITE_CONCURRENCY = 25;
