/** Key of a price series, as NP6-905 has it: LZ and LZEW rows share a name with different prices. */
export interface SettlementPoint {
  readonly settlementPoint: string;
  /** `HU`, `LZ`, `LZEW`, `RN` ... */
  readonly settlementPointType: string;
}

/** Whether two names and types are one price series. */
export function isSamePoint(a: SettlementPoint, b: SettlementPoint): boolean {
  return a.settlementPoint === b.settlementPoint && a.settlementPointType === b.settlementPointType;
}

/** A point with its type for a person and for statements: `HB_WEST (HU)`. */
export function pointText({ settlementPoint, settlementPointType }: SettlementPoint): string {
  return `${settlementPoint} (${settlementPointType})`;
}
