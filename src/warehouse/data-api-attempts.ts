/**
 * How often a step of a run asks the Data API before a throttled call fails: with the SDK's waits up to 31 s, which every
 * step has. Tenants' clients give up after the SDK's three: a run can wait, a caller cannot.
 */
export const DATA_API_ATTEMPTS = 6;
