import { intervalKey } from "../../domain/market/calendar.ts";
import type { MarketObservation } from "../../domain/market/model.ts";

/** An observation as the tables of the market keep it: its key in four parts, and its value as text. */
export interface ObservationColumns {
  readonly kind: string;
  readonly point: string;
  readonly pointType: string;
  readonly key: string;
  readonly value: string;
}

/** The columns of an observation. */
export function observationColumns(observation: MarketObservation): ObservationColumns {
  switch (observation.kind) {
    case "sced-lmp":
      return {
        kind: observation.kind,
        point: observation.settlementPoint,
        pointType: "",
        key: observation.scedAt,
        value: observation.lmpUsdPerMwh,
      };
    case "settlement-price":
      return {
        kind: observation.kind,
        point: observation.settlementPoint,
        pointType: observation.settlementPointType,
        key: intervalKey(observation.interval),
        value: observation.priceUsdPerMwh,
      };
    case "grid-condition":
      return {
        kind: observation.kind,
        point: "",
        pointType: "",
        key: observation.observedAt,
        value: gridValue(observation.level, observation.stateText, observation.prcMw),
      };
    case "hashprice":
      return {
        kind: observation.kind,
        point: "",
        pointType: "",
        key: observation.asOf,
        value: observation.usdPerPhDay,
      };
  }
}

function gridValue(level: string, stateText: string, prcMw: number | undefined): string {
  return prcMw === undefined ? `${level} (${stateText})` : `${level} (${stateText}) PRC ${prcMw} MW`;
}
