/**
 * A pattern of few stars. Clients choose their application name, and each further `*` multiplies what a matcher may have to
 * try against a name that nearly fits: with ten of them a name of sixty letters did not end within a minute.
 */
export const FEW_STARS = /^(?=.)(?:[^*]*\*){0,5}[^*]*$/s;
