import { ActivityFailure, ApplicationFailure, proxyActivities } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import { FailureType } from "../src/domain/units/failureTypes.ts";
import type { ConfigureRequest } from "./contracts.ts";
import { ledgerWrite, operatorCheck } from "./options.ts";
import { refuse } from "./refuse.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

const { checkConfiguration } = proxyActivities<Activities>(operatorCheck);
const { concludeConfiguration } = proxyActivities<Activities>(ledgerWrite);

/**
 * Returns once the site's ledger holds that a configuration is accepted. An acceptance whose answer was lost on its way
 * is one: the ledger's word is what the next start of the system goes by.
 * @throws ApplicationFailure OrderRefused when it is not accepted, and never will be
 */
export async function acceptConfiguration(siteId: SiteId, request: ConfigureRequest): Promise<void> {
  try {
    await checkConfiguration(siteId, request);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    if ((await concludeConfiguration(siteId, request.id, request.planHash)) === "accepted") return;
    const { cause } = error;
    if (cause instanceof ApplicationFailure && cause.type === FailureType.OrderRefused) throw cause;
    refuse("no worker of the site had this configuration within two minutes; nothing is changed, apply it again");
  }
}
