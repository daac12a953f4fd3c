import { randomBytes } from "node:crypto";
import { startsAgain, type StopInput } from "../../domain/inputs/safetyStops.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { TakenUp } from "../../ports/commands.ts";
import { stopMachines, workflowIds } from "../../../workflows/contracts.ts";
import { businessKey, decided, oneLine, type OperatorLink, signedBy, whileClockStands } from "./siteRequest.ts";

/**
 * Stops a site or one of its cohorts for safety, or lets it start again. A stop waits for nothing that is under way:
 * the next revision takes over. Each is a request of its own, also where a paced clock stands; one that was kept before
 * it is sent has its id and moment already, and sent again is the same. @throws RequestRefusedError with the
 * site's reason, PortUnavailableError when no site answers, and what `signal` is aborted with.
 */
export async function sendStop(
  link: OperatorLink,
  request: Pick<StopInput, "kind" | "cohortId" | "reason"> & Partial<Pick<StopInput, "id" | "at">>,
  signal?: AbortSignal,
): Promise<TakenUp> {
  const { actor, siteId } = link;
  const { kind, cohortId } = request;
  const reason = oneLine(request.reason);
  const send = async (now: Instant) => {
    const at = request.at ?? now;
    const own = `${kind}/${businessKey(actor, at, [cohortId, reason, randomBytes(8).toString("hex")])}`;
    const id = request.id ?? own;
    const handle = link.client.workflow.getHandle(workflowIds.site(siteId));
    const signed = signedBy(link, stopMachines.name, now, { kind, id, at, cohortId, actor, reason });
    const { sequence, sentence } = await decided(() =>
      handle.executeUpdate(stopMachines, { updateId: id, args: [signed] }),
    );
    return { sequence, sentence, at };
  };
  return whileClockStands(link, [kind, cohortId, reason], signal, send, { isAtOnce: !startsAgain({ kind }) });
}
