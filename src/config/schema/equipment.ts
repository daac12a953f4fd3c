import { z } from "zod";
import { SETPOINT_MAX } from "../../domain/units/setpoint.ts";
import { control, id, number, oneLine, text, whole } from "./common.ts";

const mode = z
  .strictObject({
    modeId: id("Mode: off, an underclock step such as 415MHz, or normal"),
    hashrateThs: number("Hashrate of one machine, TH/s; 0 when off", 0, 100_000),
    powerW: number("Power of one machine, W; the residual draw when off", 0, 1_000_000),
    profile: text("Set-point of this mode: a firmware profile by its name").optional(),
    watts: number("Set-point of this mode: W that one machine holds", 1, SETPOINT_MAX.watts).optional(),
    percent: number("Set-point of this mode: % of a machine's normal power", 1, SETPOINT_MAX.percent).optional(),
  })
  .meta({
    description:
      "An operating mode, per machine, with one of profile, watts and percent as its set-point; off has none",
  });

/** Machines of one model, firmware, controller and client. `driver`: shape of what commands them. */
export function cohortSchema<Driver>(driver: z.ZodType<Driver>) {
  return z
    .strictObject({
      cohortId: id("Cohort"),
      clientId: id("Client who owns the machines"),
      model: oneLine("Name shown to people"),
      firmware: text("Firmware, e.g. luxos"),
      control,
      lockedOut: z.boolean().meta({ description: "Under human hands: never commanded" }),
      minOffMinutes: whole("Minimum time off before the price may restart it; 0 for none", 0, 1440),
      minOnMinutes: whole("Minimum time on before the price may stop it; 0 for none", 0, 1440),
      normalModeId: id("Mode to return to when nothing curtails"),
      modes: z.array(mode).min(2).meta({ description: "Ascending by power, off first" }),
      driver,
      machines: z
        .strictObject({
          hosts: z.array(text("One IPv4 address or a range, e.g. 10.4.1.1-10.4.1.60")).min(1),
        })
        .meta({ description: "Where the machines are" }),
    })
    .meta({ description: "Machines of one model, firmware, controller and client" });
}

const cooling = z
  .discriminatedUnion("meteredAt", [
    z
      .strictObject({ meteredAt: z.literal("site") })
      .meta({ description: "The feeder carries the machines alone; their cooling is seen by the site meter only" }),
    z
      .strictObject({
        meteredAt: z.literal("feeder"),
        pue: number("Power at this feeder for each machine watt, cooling included", 1, 3),
      })
      .meta({ description: "The cooling of these machines hangs on the feeder too: pumps, fans, dry coolers" }),
  ])
  .meta({
    description:
      "Where the power of cooling is metered: baseline and ordered-off energy of the client are counted as its " +
      "feeder meters them",
  });

/** Meters of a site. `meter`: shape of how one is read. */
export function metersSchema<Meter>(meter: z.ZodType<Meter>) {
  const read = { meterId: id("Meter"), meter };
  return z
    .strictObject({
      site: z.strictObject(read).meta({ description: "Revenue meter of the site" }),
      feeders: z
        .array(z.strictObject({ ...read, clientId: id("Client behind the feeder"), cooling }))
        .min(1)
        .meta({ description: "One for each client" }),
    })
    .meta({ description: "Meters of the site and of its clients' feeders" });
}

export const siteGroupSchema = z
  .strictObject({
    siteId: id("Site"),
    name: oneLine("Name shown to people"),
    settlementPoint: z
      .string()
      .regex(/^[A-Z0-9_]+$/)
      .meta({ description: "ERCOT settlement point, e.g. HB_WEST" }),
    settlementPointType: z
      .enum(["RN", "PCCRN", "LCCRN", "PUN", "LZ", "LZ_DC", "LZEW", "LZ_DCEW", "HU", "SH", "AH"])
      .meta({
        description:
          "Type as ERCOT prints it: resource node, its combined-cycle and logical kinds, private use network, load " +
          "zone, DC tie, their energy-weighted twins, hub, hub averages; LZ and LZEW rows share a name",
      }),
    control,
    pue: number("Power at the site meter for each machine watt: cooling and losses of the whole site", 1, 3),
    poolFee: number("Share 0..1 of the hashprice that the pool keeps", 0, 1),
    firmKw: number(
      "Load of tenants that is never curtailed for money, kW at the site meter; none when absent",
      0,
      10_000_000,
    ).optional(),
    houseKw: number(
      "Mean load of offices and lights, kW at the site meter; none when absent",
      0,
      10_000_000,
    ).optional(),
    hasGateway: z
      .boolean()
      .meta({
        description:
          "true: a process at the site, `ballast gateway`, reaches its machines and meters, and nobody else does",
      })
      .optional(),
    gridSource: z
      .enum(["feed", "assumed-normal"])
      .meta({ description: "assumed-normal only for a replay without a grid feed; marked in every record" }),
  })
  .meta({ description: "The site" });
