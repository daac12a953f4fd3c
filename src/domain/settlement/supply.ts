import type { OperatingDay } from "../market/model.ts";
import type { DecimalText } from "../units/decimal.ts";

/** The site's power supply. */
export interface Supply {
  readonly blocks: readonly SupplyBlock[];
  /** Volumetric adders on metered energy. */
  readonly adders: readonly { readonly code: string; readonly usdPerMwh: DecimalText; readonly source: string }[];
}
export interface SupplyBlock {
  readonly blockId: string;
  readonly quantityKw: number;
  readonly priceUsdPerMwh: DecimalText;
  /** Unused energy is sold at the settlement price. */
  readonly resale: boolean;
  readonly effectiveFrom: OperatingDay;
  readonly effectiveTo?: OperatingDay;
}
