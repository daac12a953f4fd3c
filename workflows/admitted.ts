import { ActivityFailure, proxyActivities } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import type { Admission } from "../src/domain/evidence/operatorAdmission.ts";
import { proofProblem, type Signed } from "../src/domain/evidence/operatorProof.ts";
import { operatorCheck } from "./options.ts";
import { refuse } from "./refuse.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

const { admitOperator } = proxyActivities<Activities>(operatorCheck);

/**
 * The request of an operator's update without its proof, once it is known whose it is: first in the handler, after
 * shape checks, so that request, key and verdict stand in the history before anything is decided.
 * @throws ApplicationFailure OrderRefused when it is unsigned, not admitted, or nobody could say
 */
export async function admitted<Request extends { readonly id: string }>(
  siteId: SiteId,
  update: string,
  signed: Signed<Request>,
): Promise<Request> {
  refuse(proofProblem(update, signed));
  const { proof: _, ...request } = signed;
  const answer = await admitOperator({ siteId, update, request: signed }).catch(unanswered);
  refuse(answer.kind === "refused" ? answer.why : undefined);
  return request as unknown as Request;
}

/** Nothing was decided: whoever asked may ask again. */
function unanswered(error: unknown): Admission {
  if (!(error instanceof ActivityFailure)) throw error;
  return { kind: "refused", why: "its signature could not be checked within two minutes; try again" };
}
