import { asCapacity } from "./asCapacity.ts";
import { asAwards } from "./asAwards.ts";
import { actualLoad } from "./actualLoad.ts";
import { bitcoinNetwork } from "./bitcoinNetwork.ts";
import { btcPrice } from "./btcPrice.ts";
import { dayAheadMcpc } from "./dayAheadMcpc.ts";
import { dayAheadPrice } from "./dayAheadPrice.ts";
import { dispatchVerdict } from "./dispatchVerdict.ts";
import { feedSilence } from "./feedSilence.ts";
import { fleetAble } from "./fleetAble.ts";
import { freezes } from "./freezes.ts";
import { gridCondition } from "./gridCondition.ts";
import { gridNotices } from "./gridNotices.ts";
import { hashprice } from "./hashprice.ts";
import { involuntaryTrip } from "./involuntaryTrip.ts";
import { instructions } from "./instructions.ts";
import { loadForecast } from "./loadForecast.ts";
import { operationsMessage } from "./operationsMessage.ts";
import { orders } from "./orders.ts";
import { peakPlan } from "./peakPlan.ts";
import { rtdAdders } from "./rtdAdders.ts";
import { rtdPath } from "./rtdPath.ts";
import { responseClock } from "./responseClock.ts";
import { safetyStops } from "./safetyStops.ts";
import { scedAdders } from "./scedAdders.ts";
import { scedLmp } from "./scedLmp.ts";
import { scedMcpc } from "./scedMcpc.ts";
import { settlementMcpc } from "./settlementMcpc.ts";
import { settlementPrice } from "./settlementPrice.ts";
import { siteMeter } from "./siteMeter.ts";
import { supplyDemand } from "./supplyDemand.ts";
import { systemDemand } from "./systemDemand.ts";
import { wake } from "./wake.ts";

/** Every kind of fact that market feeds bring and sites are told: a new kind is its own file and its name here. */
export const MARKET_FACTS = [
  scedLmp,
  scedAdders,
  settlementPrice,
  bitcoinNetwork,
  btcPrice,
  hashprice,
  gridNotices,
  gridCondition,
  // these decide nothing alone and ride in the next SCED signal
  scedMcpc,
  dayAheadMcpc,
  rtdPath,
  dayAheadPrice,
  loadForecast,
  systemDemand,
] as const;

/** Every kind of value that market feeds bring and no site is told: kept, shown and audited. */
export const KEPT_FACTS = [operationsMessage, settlementMcpc, rtdAdders, asCapacity, supplyDemand, actualLoad] as const;

/** Every kind of fact that a site knows. */
export const FACTS = [
  ...MARKET_FACTS,
  // made of the load facts, which come before it
  peakPlan,
  siteMeter,
  feedSilence,
  orders,
  instructions,
  asAwards,
  fleetAble,
  // in this order: a cohort that is stopped for safety is frozen no more
  safetyStops,
  freezes,
  involuntaryTrip,
  responseClock,
  dispatchVerdict,
  wake,
] as const;
