import { condition, proxyActivities, setHandler } from "@temporalio/workflow";
import type { Activities } from "../activities/index.ts";
import { idle, settleAgain, type SettleDayInput, type SettleRequest } from "./contracts.ts";
import { settlementWork } from "./options.ts";

const { settleVersion } = proxyActivities<Activities>(settlementWork);

/**
 * Settles one operating day of one site: the shadow version at once, then a new version for every statement or price
 * correction that arrives while the day is open. Equal inputs give no new version. Returns the last version's number.
 */
export async function settleDay({ siteId, operatingDay, openSeconds }: SettleDayInput): Promise<number> {
  const requests: SettleRequest[] = [{ id: "shadow", kind: "shadow", why: "day closed" }];
  let working = true;
  setHandler(settleAgain, (request) => void requests.push(request));
  setHandler(idle, () => !working && requests.length === 0);
  let version = 0;
  while (true) {
    for (let request = requests.shift(); request !== undefined; request = requests.shift()) {
      version = (await settleVersion({ siteId, operatingDay, kind: request.kind, why: request.why })).version;
    }
    working = false;
    const asked = await condition(() => requests.length > 0, openSeconds * 1000, {
      summary: `open for corrections of ${operatingDay}`,
    });
    if (!asked) return version;
    working = true;
  }
}
