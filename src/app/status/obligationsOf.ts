import { decisionAt } from "../../adapters/postgres/decisionRecord.ts";
import { postgresMeterWatch } from "../../adapters/postgres/meterWatch.ts";
import { doorsNow } from "../../adapters/postgres/doorsNow.ts";
import { type Pool, transaction } from "../../adapters/postgres/pool.ts";
import type { SitePlan } from "../../domain/decision/model.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import { deploymentsNow } from "../../readModels/deploymentsNow.ts";
import { reserveNow } from "../../readModels/reserveNow.ts";
import { type ObligationsNow, obligationsNow } from "../../readModels/obligationsNow.ts";

/** Clocks that ended within this are shown, s. */
const ENDED_SECONDS = 86_400;
/** A look at the meter is this old at most, s. */
const LOOK_SECONDS = 300;

/** What a site owes at a market instant, read from the run's database. @throws PortUnavailableError when it is away */
export async function obligationsOf(pool: Pool, plan: SitePlan, at: Instant): Promise<ObligationsNow> {
  const watch = postgresMeterWatch(pool);
  const record = await decisionAt(pool, plan.siteId);
  const clocks = await watch.clocks(plan.siteId, addSeconds(at, -ENDED_SECONDS));
  const look = (await watch.looksSince(plan.siteId, addSeconds(at, -LOOK_SECONDS))).at(-1);
  const now = obligationsNow(plan, record, clocks, look, at);
  const { meteredKw } = now;
  const reserve = reserveNow(plan, { record, meteredKw }, at);
  if (reserve === undefined) return now;
  const { instructions: taken } = await transaction(pool, (on) => doorsNow(on, plan.siteId));
  return { ...now, reserve: { ...reserve, ...deploymentsNow(plan, { taken, clocks, meteredKw }, at) } };
}
