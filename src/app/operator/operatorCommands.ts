import { STOP_KINDS } from "../../domain/inputs/safetyStops.ts";
import { operatingDayOf } from "../../domain/market/calendar.ts";
import { type Commands, RequestUnusableError } from "../../ports/commands.ts";
import { sendStop } from "../worker/sendStop.ts";
import type { OperatorLink } from "../worker/siteRequest.ts";
import { sendFreeze, sendOrder, sendRelease, sendRetirement } from "./operatorOrders.ts";
import { issueAgain, settleDayAgain } from "./tryMoneyAgain.ts";

/** What an operator asks of a site, over Temporal; `signal` ends the asking. @throws nothing itself */
export function operatorCommands(link: OperatorLink, taskQueue: string, signal?: AbortSignal): Commands {
  const { client, clock, siteId, actor } = link;
  const queue = { client, siteId, taskQueue };
  /** Market time, once a day has ended. */
  const after = async (day: string) => {
    const at = await clock.now();
    if (day < operatingDayOf(at)) return at;
    throw new RequestUnusableError(`${day} has not ended: it is ${operatingDayOf(at)} Central`);
  };
  return {
    siteId,
    actor,
    site: {
      order: (request) => sendOrder(link, request, signal),
      release: (request) => sendRelease(link, request, signal),
      freeze: (request) => sendFreeze(link, { kind: "freeze", ...request }, signal),
      thaw: (request) => sendFreeze(link, { kind: "thaw", ...request }, signal),
      stop: (request) => sendStop(link, { kind: STOP_KINDS.stop, ...request }, signal),
      startAgain: (request) => sendStop(link, { kind: STOP_KINDS.start, ...request }, signal),
      retire: (request) => sendRetirement(link, request, signal),
    },
    money: {
      async settle(day) {
        const at = await after(day);
        const why = `asked by ${actor}`;
        await settleDayAgain(queue, day, { id: `${actor}/${at}`, kind: "resettlement", why });
      },
      async issue({ contractId, period }) {
        await after(period.to);
        return issueAgain(queue, { contractId, period, askedBy: actor });
      },
    },
  };
}
