import { z } from "zod";
import { decimal, oneLine, positiveDecimal, share, whole } from "./common.ts";

/** What no site pays, so that a number beyond it was written in another unit; and what is seldom meant. */
export interface UnitBounds {
  readonly per: "kWh" | "MWh";
  readonly maxUsd: number;
  /** Outside of it a slip of the point is likelier; any number up to the maximum is usual where it is absent. */
  readonly usual?: { readonly minUsd: number; readonly maxUsd: number };
}

/** Bounds of the rates among the keys of terms: Ballast's own. */
export const unitBounds = z.registry<UnitBounds>();
/** Terms that give the client the value of its own block, so that there must be one. */
export const resale = z.registry<{ readonly resellsBlock: true }>();

const clause = oneLine("Contract clause cited on the statement line");

/** Keys of each kind of energy terms. */
export const ENERGY_FRAGMENTS = [
  z.strictObject({
    kind: z.literal("fixed-rate"),
    rateUsdPerKwh: positiveDecimal("All-in rate, $/kWh").register(unitBounds, {
      per: "kWh",
      maxUsd: 1,
      usual: { minUsd: 0.005, maxUsd: 0.25 },
    }),
    clause,
  }),
  z.strictObject({
    kind: z.literal("pass-through"),
    spreadUsdPerKwh: positiveDecimal("Host's spread on metered energy, $/kWh").register(unitBounds, {
      per: "kWh",
      maxUsd: 0.25,
    }),
    blockKw: whole("The client's slice of the supply block, kW", 0, 10_000_000),
    clause,
  }),
] as const;

/** Keys of each kind of credit terms. */
export const CREDIT_FRAGMENTS = [
  z.strictObject({
    kind: z.literal("net-of-strike"),
    // a strike above ERCOT's cap of 2024, and so above every price, is never reached
    strikeUsdPerMwh: decimal("The client's breakeven in the contract, $/MWh").register(unitBounds, {
      per: "MWh",
      maxUsd: 5_000,
    }),
    clientShare: share("Client's share of what the price gives above the strike"),
    clause,
  }),
  z.strictObject({
    kind: z.literal("gross-share"),
    clientShare: share("Client's share of price times curtailed energy"),
    sharesNegative: z.boolean().meta({ description: "Whether the client also shares a negative credit" }),
    clause,
  }),
  z.strictObject({ kind: z.literal("supply-resale"), clause }).register(resale, { resellsBlock: true }),
] as const;
