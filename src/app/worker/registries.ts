import { z } from "zod";
import { type ErcotAccess, ercotAccess, ercotAccessProblems } from "../../adapters/ercot/access.ts";
import { withAbsoluteFiles } from "../../adapters/ercot/apiAccess.ts";
import { ercotReports } from "../../adapters/ercot/reports/index.ts";
import { derivedSources } from "../../adapters/ercot/derived/index.ts";
import { driverKinds } from "../../adapters/fleet/registry.ts";
import { hashprices } from "../../adapters/hashprice/index.ts";
import { meterKinds } from "../../adapters/meter/index.ts";
import { stopInputKinds } from "../../adapters/stopInput/index.ts";
import { bookSchema, siteSchema, type Used } from "../../config/index.ts";
import type { DriverKind } from "../../ports/driverKind.ts";
import type { FeedSource } from "../../ports/feedSource.ts";
import type { MeterKind } from "../../ports/meterKind.ts";
import type { StopInputKind } from "../../ports/stopInputKind.ts";
import { namesOperator, ROLES } from "../../domain/evidence/operatorAdmission.ts";
import type { SettlementPoint } from "../../domain/market/settlementPoint.ts";

/** Everything outside that a configuration can name, in the registries' order. */
export const FEED_SOURCES = [...ercotReports, ...derivedSources, ...hashprices] as const;
export const DRIVER_KINDS = driverKinds;
export const METER_KINDS = meterKinds;
export const STOP_INPUT_KINDS = stopInputKinds;

/** How each party is reached whose feeds are listed, by the first part of their `use`. */
const SOURCES = z
  .strictObject({ ercot: ercotAccess })
  .meta({ description: "How the sources of the feeds are reached" });

type ConfiguredFeed = z.infer<(typeof FEED_SOURCES)[number]["fragment"]>;
export type ConfiguredMeter = z.infer<(typeof METER_KINDS)[number]["fragment"]>;

export type ConfiguredContact = z.infer<(typeof STOP_INPUT_KINDS)[number]["fragment"]>;

/** A feed as it is read: its settings, how its party is reached, and the point of its site. Plain data. */
export type DeployedFeed = ConfiguredFeed & Partial<ErcotAccess> & SettlementPoint;

/** The shape of a site's file, composed of the members' fragments. */
export const siteFileSchema = siteSchema({
  sources: SOURCES,
  feed: oneOf(
    "A source of market data",
    FEED_SOURCES.map(({ fragment }) => fragment),
  ),
  driver: oneOf(
    "What commands the machines",
    DRIVER_KINDS.map(({ fragment }) => fragment),
  ),
  meter: oneOf(
    "How the meter is read",
    METER_KINDS.map(({ fragment }) => fragment),
  ),
  contact: oneOf(
    "How the contact is read",
    STOP_INPUT_KINDS.map(({ fragment }) => fragment),
  ),
});

/** The shape of a book's head. */
export const bookFileSchema = bookSchema({
  actor: z
    .string()
    .refine(namesOperator, "letters, digits and . _ @ -, 64 at most")
    .meta({ description: "Name that every order carries, e.g. maria.lopez" }),
  role: z.enum(ROLES),
});

export type SiteFile = z.infer<typeof siteFileSchema>;

/** What the parties' addresses have against themselves, by party. */
export const ACCESS_PROBLEMS = { ercot: ercotAccessProblems } as const satisfies Readonly<
  Record<keyof SiteFile["sources"], unknown>
>;

/** How a party is reached, its files named from the root where they are given relative to `folder`. */
export function accessFrom(reach: ErcotAccess, folder: string): ErcotAccess {
  return reach.api === undefined ? reach : { ...reach, api: withAbsoluteFiles(reach.api, folder) };
}

/** The shape of an entry that names one of these by `use`. @throws Error for a registry without members. */
export function oneOf<Fragment extends z.ZodObject>(
  description: string,
  fragments: readonly Fragment[],
): z.ZodType<z.infer<Fragment>> {
  const [first, ...rest] = fragments;
  if (first === undefined) throw new Error("A registry without members gives no shape.");
  return z.discriminatedUnion("use", [first, ...rest]).meta({ description: `${description}, named by use` });
}

/** The source of a feed. @throws Error naming those there are. */
export function feedSource({ use }: Used): FeedSource {
  return named<FeedSource>(FEED_SOURCES, use, "feed");
}

/** The driver of a cohort. @throws Error naming those there are. */
export function driverKind({ use }: Used): DriverKind {
  return named<DriverKind>(DRIVER_KINDS, use, "driver");
}

/** The model of a meter. @throws Error naming those there are. */
export function meterKind({ use }: Used): MeterKind {
  return named<MeterKind>(METER_KINDS, use, "meter");
}

/** The kind of a stop input. @throws Error naming those there are. */
export function stopInputKind({ use }: Used): StopInputKind {
  return named<StopInputKind>(STOP_INPUT_KINDS, use, "stop input");
}

function named<Member extends Used>(members: readonly Member[], use: string, what: string): Member {
  const found = members.find((member) => member.use === use);
  if (found !== undefined) return found;
  const known = members.map((member) => member.use).join(", ");
  throw new Error(`No ${what} is called "${use}"; there are: ${known}. A configuration of another version named it.`);
}
