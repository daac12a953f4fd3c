import { createHash } from "node:crypto";
import { canonicalJson, CanonicalJsonError } from "../src/domain/evidence/canonicalJson.ts";
import { type Admission, admission, type OperatorKey } from "../src/domain/evidence/operatorAdmission.ts";
import { type OperatorRequest, operatorText } from "../src/domain/evidence/operatorProof.ts";
import { memberAt } from "../src/domain/evidence/historyEvent.ts";
import { STOP_KINDS } from "../src/domain/inputs/safetyStops.ts";
import type { ClockWitness } from "../src/ports/clockWitness.ts";
import type { Log } from "../src/ports/log.ts";
import type { MarketClock } from "../src/ports/marketClock.ts";
import type { OperatorAdmissions, OperatorKeys } from "../src/ports/operatorAdmissions.ts";
import type { StopHolds } from "../src/ports/stopInputs.ts";

export interface OperatorDeps {
  readonly clock: MarketClock;
  /** Where there is one, a request ages by it: it is the clock beside which the nonces are kept. */
  readonly witness: ClockWitness;
  readonly operatorKeys: OperatorKeys;
  readonly admissions: OperatorAdmissions;
  readonly stopHolds: StopHolds;
  readonly log: Log;
}

/** The activity that says whose an operator's request is. It throws what its ports throw, which is tried again. */
export function operatorActivities({ clock, witness, operatorKeys, admissions, stopHolds, log }: OperatorDeps) {
  return {
    /**
     * Whether a request may be decided on: its key, signature, actor, age and nonce. The same request asked again is
     * admitted again; one under an id or a nonce that another request used is not, of whichever kind that was. Nothing
     * is let start that a stop input holds down.
     */
    async admitOperator(asked: OperatorRequest): Promise<Admission> {
      const { siteId, update, request } = asked;
      const key = operatorKeys.find(request.proof.keyId);
      const theirs = await witness.now();
      const now = theirs ?? (await clock.now());
      const isClockReal = theirs !== undefined;
      const judged = admission({ asked, key, isSigned: isSigned(asked, key), now, isClockReal });
      const held = judged.kind === "admitted" ? await heldDown(asked) : undefined;
      const free: Admission = held === undefined ? judged : { kind: "refused", why: held };
      const answer = key !== undefined && free.kind === "admitted" ? await claimed(asked, key, free) : free;
      const { keyId } = request.proof;
      if (answer.kind === "refused")
        log.warn({ siteId, update, keyId, why: answer.why }, "an operator's request is refused");
      else log.info({ siteId, update, keyId, actor: answer.actor }, "an operator's request is admitted");
      return answer;
    },
  };

  async function heldDown({ siteId, update, request }: OperatorRequest): Promise<string | undefined> {
    const [kind, cohortId] = [memberAt(request, "kind"), memberAt(request, "cohortId")];
    if (update !== "stopMachines" || kind !== STOP_KINDS.start) return undefined;
    return stopHolds.holding(siteId, cohortId === undefined ? undefined : String(cohortId));
  }

  async function claimed(
    { siteId, update, request: { proof, ...request } }: OperatorRequest,
    key: OperatorKey,
    judged: Admission,
  ): Promise<Admission> {
    const digest = createHash("sha256").update(canonicalJson({ update, request })).digest("hex");
    const claim = await admissions.claim(siteId, key, proof, { id: request.id, digest });
    if (claim === "claimed") return judged;
    const why = claim === "id-used" ? `the id "${request.id}"` : "its nonce";
    return { kind: "refused", why: `${why} was used for another request` };
  }

  function isSigned(asked: OperatorRequest, key: OperatorKey | undefined): boolean {
    if (key === undefined) return false;
    try {
      return operatorKeys.holds(operatorText(asked), asked.request.proof, key);
    } catch (error) {
      // what has no canonical text cannot have been signed
      if (error instanceof CanonicalJsonError) return false;
      throw error;
    }
  }
}
