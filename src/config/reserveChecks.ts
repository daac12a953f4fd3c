import { duplicates, type Finding, finding, type Path, warning } from "./finding.ts";
import { hostCount } from "./hosts.ts";
import type { SiteFile } from "./schema/config.ts";

type Reserve = NonNullable<SiteFile["reserve"]>;
type Resource = Reserve["resources"][number];
type Qualification = Resource["products"][number];

/** Services that only a load that SCED dispatches can give. */
const OF_CONTROLLABLE: readonly string[] = ["REGUP", "REGDN"];

/** What a site cannot sell, and MW, kW and $ that can only be in another unit. */
export function reserveFindings(file: SiteFile): Finding[] {
  const { reserve } = file;
  if (reserve === undefined) return [];
  const path = ["reserve"];
  const onKw = machinesKw(file, (powersW) => Math.max(...powersW));
  const offKw = machinesKw(file, (powersW) => Math.min(...powersW));
  return [
    ...duplicates(
      reserve.resources.map(({ resource: id }, index) => ({ id, path: [...path, "resources", index, "resource"] })),
      "resource",
    ),
    ...reserve.resources.flatMap((one, index) => resourceFindings(one, [...path, "resources", index], onKw)),
    ...lowPowerFindings(reserve, { onKw, offKw }),
    ...duplicates(
      reserve.gates.map(({ gateId: id }, index) => ({ id, path: [...path, "gates", index, "gateId"] })),
      "gate",
    ),
    ...reserve.gates.flatMap((gate, index) => gateFindings(gate, [...path, "gates", index])),
  ];
}

function resourceFindings({ products, kind }: Resource, path: Path, onKw: number): Finding[] {
  return products.flatMap((one, index) => {
    const at = [...path, "products", index];
    return [
      ...(kind === "NCLR" && OF_CONTROLLABLE.includes(one.product)
        ? [
            finding(
              [...at, "product"],
              `is ${one.product} of an NCLR, which follows no four-second signal`,
              "RRS, ECRS or NSPIN, or kind: CLR",
            ),
          ]
        : []),
      ...mwFindings(one, at, onKw),
      ...spanFindings(one, products.slice(0, index), at),
      ...duplicates(
        one.asTypes.map((id, position) => ({ id, path: [...at, "asTypes", position] })),
        "award type",
      ),
    ];
  });
}

function mwFindings({ maxMw }: Qualification, path: Path, onKw: number): Finding[] {
  const mw = Number(maxMw);
  const at = [...path, "maxMw"];
  if (mw === 0) return [finding(at, "is 0", "MW above 0, or leave the service out")];
  if (mw * 1000 <= onKw) return [];
  const siteMw = `${(onKw / 1000).toFixed(3)} MW`;
  const slip = mw <= onKw ? "; this looks like kW: divide by 1000" : "";
  return [finding(at, `is ${maxMw} MW, and the site's machines take ${siteMw}`, `MW, at most ${siteMw}${slip}`)];
}

/** Days of one service of one resource: in order, and one span at a time. */
function spanFindings(
  { product, qualifiedFrom, qualifiedUntil }: Qualification,
  before: readonly Qualification[],
  path: Path,
): Finding[] {
  if (qualifiedUntil !== undefined && qualifiedUntil <= qualifiedFrom)
    return [
      finding([...path, "qualifiedUntil"], `is ${qualifiedUntil}, so it is never qualified`, `after ${qualifiedFrom}`),
    ];
  const other = before.find(
    (one) =>
      one.product === product &&
      (one.qualifiedUntil === undefined || one.qualifiedUntil > qualifiedFrom) &&
      (qualifiedUntil === undefined || one.qualifiedFrom < qualifiedUntil),
  );
  return other === undefined
    ? []
    : [finding([...path, "product"], `${product} appears twice for the same days`, "each once, with all its asTypes")];
}

function lowPowerFindings(
  { lowPowerKw }: Reserve,
  { onKw, offKw }: { readonly onKw: number; readonly offKw: number },
): Finding[] {
  const path = ["reserve", "lowPowerKw"];
  if (lowPowerKw === undefined) return [];
  if (lowPowerKw > onKw)
    return [finding(path, `is ${lowPowerKw} kW, and the machines take ${onKw.toFixed(1)} kW`, "less than they take")];
  return lowPowerKw >= offKw
    ? []
    : [
        warning(
          path,
          `is ${lowPowerKw} kW, below the ${offKw.toFixed(1)} kW of its machines when they are off`,
          "kW at the site meter; MW would be times 1000",
        ),
      ];
}

function gateFindings({ metFrom, until }: Reserve["gates"][number], path: Path): Finding[] {
  if (until === undefined) return [];
  if (metFrom === undefined)
    return [finding([...path, "until"], `is ${until} of a gate that is never met`, "metFrom, from when it is met")];
  return until > metFrom ? [] : [finding([...path, "until"], `is ${until}, so it is never met`, `after ${metFrom}`)];
}

/** All machines in one of their modes each, kW at the site meter. */
function machinesKw({ cohorts, site }: SiteFile, of: (powersW: readonly number[]) => number): number {
  const watts = cohorts.reduce(
    (sum, { machines, modes }) => sum + hostCount(machines.hosts) * of(modes.map(({ powerW }) => powerW)),
    0,
  );
  return (watts * site.pue) / 1000;
}
