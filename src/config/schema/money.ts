import { z } from "zod";
import { day, decimal, id, oneLine, positiveDecimal, whole } from "./common.ts";
import { CREDIT_FRAGMENTS, ENERGY_FRAGMENTS } from "./terms.ts";

const energy = z.discriminatedUnion("kind", ENERGY_FRAGMENTS).meta({ description: "What the client pays for energy" });

const credit = z
  .discriminatedUnion("kind", CREDIT_FRAGMENTS)
  .meta({ description: "Who gets the value of curtailed energy" });

/** One dated version of a hosting contract. */
export const contractSchema = z
  .strictObject({
    contractId: id("Contract"),
    version: whole("Version, 1, 2, 3 ...", 1, 1000),
    effectiveFrom: day("First operating day, inclusive"),
    effectiveTo: day("First operating day no longer covered; open when absent").optional(),
    energy,
    credit,
    fixedFeeUsdPerKwMonth: positiveDecimal("Fixed fee, $ per contracted kW and month").optional(),
    contractedKw: whole("Contracted power, kW", 1, 10_000_000),
    rounding: z.enum(["half-even", "half-up"]).meta({ description: "How a statement line is rounded to cents, once" }),
    disputeDays: whole("Days after issue in which the client may dispute", 0, 365),
  })
  .meta({ description: "One dated version of a hosting contract" });

export const clientSchema = z
  .strictObject({
    clientId: id("Client"),
    name: oneLine("Name on statements"),
    contracts: z
      .array(contractSchema)
      .min(1)
      .meta({ description: "Versions; an interval uses the one in force at its start" }),
  })
  .meta({ description: "A hosting client" });

export const supplySchema = z
  .strictObject({
    blocks: z.array(
      z.strictObject({
        blockId: id("Block"),
        quantityKw: whole("Quantity around the clock, kW", 1, 10_000_000),
        priceUsdPerMwh: decimal("Fixed price, $/MWh"),
        resale: z.boolean().meta({ description: "Whether unused energy is sold at the settlement price" }),
        effectiveFrom: day("First operating day, inclusive"),
        effectiveTo: day("First operating day no longer covered; open when absent").optional(),
      }),
    ),
    adders: z.array(
      z.strictObject({
        code: id("Adder"),
        usdPerMwh: decimal("Volumetric adder on metered energy, $/MWh"),
        avoidable: z
          .boolean()
          .meta({ description: "Whether it disappears with the load: then it lowers every strike" }),
        source: oneLine("Where the figure comes from"),
      }),
    ),
  })
  .meta({ description: "The site's power supply" });
