/** What power costs a site on the average. */
export interface PowerTerms {
  /** All machines on, kW at the site meter. */
  readonly loadKw: number;
  readonly blocks: readonly { readonly quantityKw: number; readonly usdPerMwh: number }[];
  /** Every volumetric adder on metered energy, summed. */
  readonly addersUsdPerMwh: number;
  /** Mean of the settlement prices, for what the blocks do not cover; absent where none is known. */
  readonly meanUsdPerMwh?: number;
}

/**
 * Mean price of a MWh with everything on, $/MWh: the blocks in their order up to the load, the rest at the mean
 * settlement price, and every adder. Undefined where a rest has no price.
 */
export function powerUsdPerMwh({ loadKw, blocks, addersUsdPerMwh, meanUsdPerMwh }: PowerTerms): number | undefined {
  let leftKw = loadKw;
  let usdPerH = 0;
  for (const { quantityKw, usdPerMwh } of blocks) {
    const takenKw = quantityKw < leftKw ? quantityKw : leftKw;
    leftKw -= takenKw;
    usdPerH += (takenKw / 1_000) * usdPerMwh;
  }
  if (leftKw > 0) {
    if (meanUsdPerMwh === undefined) return undefined;
    usdPerH += (leftKw / 1_000) * meanUsdPerMwh;
  }
  return usdPerH / (loadKw / 1_000) + addersUsdPerMwh;
}
