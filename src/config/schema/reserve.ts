import { z } from "zod";
import { day, id, number, oneLine, positiveDecimal, whole } from "./common.ts";

const minutes = (what: string, min = 1) => whole(`${what}, minutes`, min, 10_080);
const limit = (what: string) => minutes(what).optional();
const times = (what: string) => whole(what, 1, 1_000).optional();

/** ERCOT's ancillary services, by their type codes in its price reports. */
export const RESERVE_PRODUCTS = ["REGUP", "REGDN", "RRS", "ECRS", "NSPIN"] as const;

const qualification = z
  .strictObject({
    product: z.enum(RESERVE_PRODUCTS).meta({ description: "Ancillary service, by ERCOT's type code" }),
    asTypes: z
      .array(oneLine("A kind of it, as awards name it, e.g. RRSUF").max(40))
      .min(1)
      .max(10)
      .meta({ description: "Kinds of it that the resource is qualified for, as awards name them" }),
    maxMw: positiveDecimal("Most MW that it may be awarded"),
    qualifiedFrom: day("First operating day on which it is qualified"),
    qualifiedUntil: day("First operating day on which it is so no longer; open when absent").optional(),
    responseMinutes: minutes("By when a deployment must show"),
    sustainMinutes: minutes("How long a deployment must hold"),
  })
  .meta({ description: "What a resource is qualified for" });

const resource = z
  .strictObject({
    resource: oneLine("Resource, by ERCOT's name in awards").max(100),
    kind: z
      .enum(["NCLR", "CLR"])
      .meta({ description: "NCLR: a load that drops as a block; CLR: one that SCED dispatches" }),
    products: z.array(qualification).min(1).max(20).meta({ description: "Services that it is qualified for" }),
    minRestorationMinutes: limit("Time after a recall before it is whole again, as registered"),
    maxDeploymentMinutes: limit("Longest deployment, as registered"),
    minNoticeMinutes: limit("Shortest notice, as registered"),
    maxDailyDeployments: times("Most deployments a day, as registered"),
    maxWeeklyDeployments: times("Most deployments a week, as registered"),
  })
  .meta({ description: "A load resource as ERCOT has it registered" });

const gate = z
  .strictObject({
    gateId: id("Gate"),
    called: oneLine("What it is, for a person, e.g. forward hedge in place").max(120),
    metFrom: day("First operating day on which it is met; not met where absent").optional(),
    until: day("First operating day on which it is met no longer; open when absent").optional(),
    evidence: oneLine("Where that is written, e.g. a confirmation's number").max(300).optional(),
  })
  .meta({ description: "A condition of taking part at all" });

/** Ancillary services that a site sells. */
export const reserveSchema = z
  .strictObject({
    resources: z.array(resource).min(1).max(20).meta({ description: "Load resources of the site" }),
    lowPowerKw: number(
      "Low power consumption (LPC), kW at the site meter: what stays on in a deployment; what the site takes with " +
        "every machine off where absent",
      0,
      1_000_000,
    ).optional(),
    penaltyUsdPerMwh: number(
      "What a MWh of reserve that is not there costs beside its clearing price, $/MWh: the record with ERCOT, no money",
      0,
      5_000,
    ),
    gates: z.array(gate).max(20).meta({ description: "Conditions of taking part; all must be met, [] for none" }),
    band: z
      .strictObject({
        lowShare: number("Least share of the MW deployed that must come off", 0.5, 1),
        highShare: number("Most of them that may come off", 1, 5),
      })
      .meta({ description: "How far a deployment may be from what is instructed" }),
  })
  .meta({ description: "Ancillary services that the site sells; without the key no award decides anything" });
