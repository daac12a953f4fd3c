import { z } from "zod";
import { SETPOINT_MAX } from "../../domain/units/setpoint.ts";
import { control, id, number, seconds, text, whole } from "./common.ts";

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

/** Machines of one model, firmware, controller and client. */
export const cohortSchema = z
  .strictObject({
    cohortId: id("Cohort"),
    clientId: id("Client who owns the machines"),
    model: text("Name shown to people"),
    firmware: text("Firmware, e.g. luxos"),
    control,
    lockedOut: z.boolean().meta({ description: "Under human hands: never commanded" }),
    minOffMinutes: whole("Minimum time off before the price may restart it; 0 for none", 0, 1440),
    minOnMinutes: whole("Minimum time on before the price may stop it; 0 for none", 0, 1440),
    normalModeId: id("Mode to return to when nothing curtails"),
    modes: z.array(mode).min(2).meta({ description: "Ascending by power, off first" }),
    machines: z
      .strictObject({
        driver: z.enum(["luxos"]).meta({ description: "Driver of the control protocol" }),
        port: whole("TCP port of the control protocol", 1, 65_535),
        hosts: z.array(text("One IPv4 address or a range, e.g. 10.4.1.1-10.4.1.60")).min(1),
      })
      .meta({ description: "Where the machines are" }),
  })
  .meta({ description: "Machines of one model, firmware, controller and client" });

const meter = {
  meterId: id("Meter"),
  model: z.enum(["PM5340"]).meta({ description: "Meter model" }),
  host: text("Address"),
  port: whole("Modbus TCP port", 1, 65_535),
  unit: whole("Modbus unit id", 1, 255),
  registerRolloverWh: whole(
    "Energy register starts again at 0 after this many Wh, from the meter's display settings; the model's own " +
      "limit when absent",
    1_000_000,
    Number.MAX_SAFE_INTEGER,
  ).optional(),
};

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

export const metersSchema = z
  .strictObject({
    site: z.strictObject(meter).meta({ description: "Revenue meter of the site" }),
    feeders: z
      .array(z.strictObject({ ...meter, clientId: id("Client behind the feeder"), cooling }))
      .min(1)
      .meta({ description: "One for each client" }),
  })
  .meta({ description: "Meters over Modbus TCP" });

const marked = (what: string) =>
  z
    .strictObject({
      pollOffsetSeconds: seconds("First look after each mark", 0, 900),
      pollRetrySeconds: seconds("From look to look until it is there", 5, 900),
    })
    .meta({ description: what });

const regular = (what: string) =>
  z
    .strictObject({
      pollEverySeconds: seconds("From poll to poll; ERCOT's dashboards ask for 30 or more", 30, 3600),
      pollOffsetSeconds: seconds("Offset of the polls from the full minute", 0, 3600),
    })
    .meta({ description: what });

/** Outside sources of market data. */
export const feedsSchema = z
  .strictObject({
    ercotBaseUrl: z.url({ protocol: /^https?$/ }).meta({ description: "Base address of ERCOT's public site" }),
    contact: text("Address or URL of whoever polls, sent as part of the User-Agent").optional(),
    misScedLmp: marked("SCED LMPs, MIS report type 12300, marks every 5 minutes"),
    misSettlementPrices: marked("Settlement point prices, MIS report type 12301, marks every 15 minutes"),
    dashboardPrices: regular("Second route of settlement prices, dashboard system-wide-prices"),
    dashboardGridCondition: regular("Grid condition and PRC, dashboard daily-prc"),
    hashprice: z
      .discriminatedUnion("source", [
        z.strictObject({
          source: z.literal("constant"),
          usdPerPhDay: z
            .string()
            .regex(/^\d+(\.\d+)?$/)
            .meta({ description: 'Hashprice, $ per PH/s and day; decimal number ≥ 0 in quotes, e.g. "39.00"' }),
          pollEverySeconds: seconds("From poll to poll", 30),
        }),
        z.strictObject({
          source: z.literal("file"),
          path: text("CSV with instant or date and usd_per_ph_day, relative to this file"),
          pollEverySeconds: seconds("From poll to poll", 30),
        }),
      ])
      .meta({ description: "Value of a PH/s for a day, before pool fee" }),
  })
  .meta({ description: "Outside sources of market data" });

export const siteSchema = z
  .strictObject({
    siteId: id("Site"),
    name: text("Name shown to people"),
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
    gridSource: z
      .enum(["feed", "assumed-normal"])
      .meta({ description: "assumed-normal only for a replay without a grid feed; marked in every record" }),
  })
  .meta({ description: "The site" });
