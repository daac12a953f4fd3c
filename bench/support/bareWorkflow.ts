import { condition, defineSignal, proxyActivities, setHandler } from "@temporalio/workflow";
import type { BareActivities } from "./bareWorker.ts";

const { tellAll, insertRow } = proxyActivities<BareActivities>({ startToCloseTimeout: "1 minute" });

export const bareSignal = defineSignal<[{ round: number; input: unknown }]>("bareSignal");

/** The least that carries a price to a row: a signal, an activity, an insert. */
export async function bareSite({ site, body }: { site: number; body: string }): Promise<void> {
  const queue: number[] = [];
  setHandler(bareSignal, ({ round }) => void queue.push(round));
  while (true) {
    await condition(() => queue.length > 0);
    await insertRow({ site, round: queue.shift() as number, body });
  }
}

/** One round: an activity tells the first `sites` workflows, all at once. */
export async function bareRound(round: { round: number; sites: number; input: unknown }): Promise<void> {
  await tellAll(round);
}
