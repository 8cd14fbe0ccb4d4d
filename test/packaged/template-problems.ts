import { type Bundle, bundleProblems } from './bundles.ts';
import { definitionProblems } from './definition.ts';
import { grantProblems } from './grant-problems.ts';
import { metricProblems } from './metric-problems.ts';
import { openGrantProblems } from './open-grants.ts';
import { principalsOf, type TargetNeeds } from './principals.ts';
import { referenceProblems } from './references.ts';
import { resourceProblems } from './resource-problems.ts';
import type { Template } from './template.ts';
import { wiringProblems } from './wiring-problems.ts';

/** Bytes of a function's zip: more takes longer to start. */
const MOST_BYTES = 400_000;

/** What the suite holds a template against, beside itself. */
export interface PackagedWith {
  readonly bundles: readonly Bundle[];
  /** Path of slotkeeper.yml, from the root of the repository. */
  readonly config: string;
  readonly targetNeeds: TargetNeeds;
  /** Names of slotkeeper.yml's targets. */
  readonly targets: readonly string[];
}

/** Everything that is wrong with a packaged template, by what is wrong. */
export async function templateProblems(template: Template, { bundles, config, targetNeeds, targets }: PackagedWith) {
  const packaged = bundles.map((bundle) => ({
    ...bundle,
    properties: template.Resources[bundle.id]?.Properties ?? {},
  }));
  return {
    resources: resourceProblems(template),
    references: referenceProblems(template),
    grants: grantProblems(template, await principalsOf(template, targetNeeds)),
    openGrants: openGrantProblems(template),
    definitions: definitionProblems(template),
    bundles: bundleProblems(packaged, config, MOST_BYTES),
    metrics: metricProblems(template, targets),
    wiring: wiringProblems(template),
  };
}
