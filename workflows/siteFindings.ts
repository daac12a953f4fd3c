import type { SiteInput } from "../src/domain/inputs/facts.ts";
import type { SiteFinding } from "../src/domain/decision/siteFinding.ts";
import type { SiteId } from "../src/domain/units/ids.ts";
import type { Instant } from "../src/domain/units/instant.ts";

/** Findings of one run that are told one by one; a flood says no more than its beginning. */
const FINDINGS_MAX = 20;

/** What a site's run could not do as asked, until it is told. */
export class SiteFindings {
  readonly #siteId: SiteId;
  #untold: SiteFinding[] = [];
  #count = 0;

  constructor(siteId: SiteId) {
    this.#siteId = siteId;
  }

  /** Notes it and gives the problem back. */
  note(problem: string, at: Instant | undefined, inputs: readonly SiteInput[]): string {
    this.#count += 1;
    if (this.#count > FINDINGS_MAX) return problem;
    const isLast = this.#count === FINDINGS_MAX;
    this.#untold.push({
      siteId: this.#siteId,
      at,
      inputIds: inputs.slice(0, FINDINGS_MAX).map(({ id }) => id),
      problem: isLast ? `${problem}; further findings of this run are not told one by one` : problem,
    });
    return problem;
  }

  /** What was noted since the last call. */
  take(): SiteFinding[] {
    return this.#untold.splice(0);
  }
}
