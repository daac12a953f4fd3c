import { reconfigured } from "../src/domain/decision/reconfigured.ts";
import type { SiteState } from "../src/domain/decision/siteStateModel.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { ConfigureRequest, RunSiteInput } from "./contracts.ts";

/** The plan that comes into force at its moment, with a run of its own; one that waited before is replaced. */
export class WaitingConfiguration {
  #request: ConfigureRequest | undefined;
  #isDue = false;

  constructor(request: ConfigureRequest | undefined) {
    this.#request = request;
  }

  get effectiveAt(): Instant | undefined {
    return this.#request?.effectiveAt;
  }

  replace(request: ConfigureRequest): void {
    this.#request = request;
  }

  /** Whether it comes into force when the site decides as of `asOf`: the run ends then. */
  isDueAt(asOf: Instant | undefined): boolean {
    const { effectiveAt } = this;
    this.#isDue = effectiveAt !== undefined && asOf !== undefined && asOf >= effectiveAt;
    return this.#isDue;
  }

  /** What the next run goes by: the new plan, or the old one and what still waits. */
  forNext(start: RunSiteInput, state: SiteState): Partial<RunSiteInput> & { readonly state: SiteState } {
    const request = this.#request;
    if (request === undefined || !this.#isDue) return { configuration: request, isReconfigured: undefined, state };
    const { plan, planHash, dispatch } = request;
    const left = reconfigured(state, start.plan, plan);
    return { plan, planHash, dispatch, configuration: undefined, isReconfigured: true, state: left };
  }
}
