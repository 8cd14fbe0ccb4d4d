import { describeTarget } from '../../config/describe-target.ts';
import type { TargetConfig } from '../../config/target-config.ts';
import type { Check } from '../../doctor/check.ts';
import { sumUp } from '../../doctor/sum-up.ts';
import type { CliIo } from '../cli-io.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type DoctorDocument, doctorDocument } from '../json/doctor-document.ts';
import { renderDoctor } from '../render/render-doctor.ts';

/** Checks of one target, or of what all targets share (null). */
export interface CheckedGroup {
  readonly target: TargetConfig | null;
  readonly checks: readonly Check[];
}

/**
 * Shows what was looked at, as text or as a document.
 *
 * @returns 0: nothing to mend; 10: warnings only; 1: problems
 */
export function presentChecks(
  io: CliIo,
  {
    json,
    stage,
    groups,
  }: { readonly json: boolean; readonly stage: string | null; readonly groups: readonly CheckedGroup[] },
): ExitCode {
  const checks: DoctorDocument['checks'] = groups.flatMap(({ target, checks: members }) =>
    members.map((check) => ({
      target: target?.name ?? null,
      server: target === null ? null : describeTarget(target),
      ...check,
      mend: [...check.mend],
    })),
  );
  const counts = sumUp(checks);
  const exitCode = counts.problem > 0 ? EXIT.failed : counts.warning > 0 ? EXIT.acted : EXIT.nothingToDo;
  const document = doctorDocument.parse({ schema: 'slotkeeper.doctor/1', stage, exitCode, counts, checks });
  io.out(json ? JSON.stringify(document) : renderDoctor(document, io));
  return exitCode;
}
