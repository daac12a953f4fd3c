import { finding, warning } from "./finding.ts";
import type { Finding, Path } from "./finding.ts";
import { hostCount } from "./hosts.ts";
import type { CohortConfig, SiteFile } from "./schema/config.ts";

/** Ballast's own bounds for one machine that runs, from a board on a desk to a hydro unit of the next years. */
const MACHINE_W_MIN = 100;
const MACHINE_W_USUAL_MAX = 15_000;
/** From 5 J/TH, half of the best on sale in 2026, to 200, twice what an S9 of 2017 took. */
const J_PER_TH_MIN = 5;
const J_PER_TH_MAX = 200;
/** Against what the machines can draw: this many times as much or as little is another unit. */
const OTHER_UNIT = 100;
const UNUSUAL = 3;
/** A machine that is off draws its fans and control board. */
const OFF_SHARE_MAX = 0.2;

/** Sizes that do not fit each other: machines, contracts, blocks and guards against what the machines can draw. */
export function sizeFindings(file: SiteFile): Finding[] {
  const machines = file.cohorts.flatMap(machineFindings);
  // Sums over machines in a wrong unit would only repeat it.
  return machines.some(({ isWarning }) => isWarning !== true)
    ? machines
    : [...machines, ...contractedFindings(file), ...blockFindings(file), ...guardFindings(file)];
}

function machineFindings({ modes }: CohortConfig, index: number): Finding[] {
  return modes.flatMap(({ powerW, hashrateThs }, position): Finding[] => {
    const at = (key: string): Path => ["cohorts", index, "modes", position, key];
    if (position === 0) {
      const highestW = Math.max(...modes.map((mode) => mode.powerW));
      return powerW <= highestW * OFF_SHARE_MAX || powerW >= highestW
        ? []
        : [warning(at("powerW"), `is ${powerW} W off, of ${highestW} W`, `W when off, seldom above a fifth`)];
    }
    if (powerW < MACHINE_W_MIN) {
      const expected = `W of one machine, at least ${MACHINE_W_MIN}; this looks like kW: times 1000`;
      return [finding(at("powerW"), `is ${powerW}`, expected)];
    }
    const jPerTh = hashrateThs > 0 ? powerW / hashrateThs : Number.POSITIVE_INFINITY;
    if (jPerTh > J_PER_TH_MAX || jPerTh < J_PER_TH_MIN) {
      const unit = jPerTh > J_PER_TH_MAX ? "PH/s: times 1000" : "GH/s: divide by 1000, or power in kW: times 1000";
      return [
        finding(
          at("hashrateThs"),
          `is ${hashrateThs}, so at ${powerW} W the machine takes ${rounded(jPerTh)} J/TH`,
          `TH/s of one machine, at ${J_PER_TH_MIN} to ${J_PER_TH_MAX} J/TH; this looks like ${unit}`,
        ),
      ];
    }
    if (powerW <= MACHINE_W_USUAL_MAX) return [];
    return [warning(at("powerW"), `is ${powerW}`, `W of one machine, up to ${MACHINE_W_USUAL_MAX} as far as is known`)];
  });
}

function contractedFindings({ clients, cohorts, site }: SiteFile): Finding[] {
  return clients.flatMap(({ clientId, contracts }, client) => {
    const kw = kwOf(
      cohorts.filter((cohort) => cohort.clientId === clientId),
      site.pue,
    );
    if (kw === undefined) return [];
    return contracts.flatMap(({ contractedKw }, i) =>
      against(["clients", client, "contracts", i, "contractedKw"], contractedKw, kw, `machines of "${clientId}"`),
    );
  });
}

function blockFindings({ supply, cohorts, site }: SiteFile): Finding[] {
  const kw = kwOf(cohorts, site.pue);
  if (kw === undefined) return [];
  return supply.blocks.flatMap(({ quantityKw }, i) =>
    quantityKw > kw ? against(["supply", "blocks", i, "quantityKw"], quantityKw, kw, "site's machines") : [],
  );
}

function guardFindings({ policy: { singleSourceMwMax }, cohorts, site }: SiteFile): Finding[] {
  const kw = kwOf(cohorts, site.pue);
  // A site of one cohort cannot be guarded by less.
  if (kw === undefined || cohorts.length === 1 || singleSourceMwMax * 1000 < kw) return [];
  const path = ["policy", "singleSourceMwMax"];
  const message = `is ${singleSourceMwMax} MW, all ${mwText(kw)} of the site: one bad price row could drop it whole`;
  return singleSourceMwMax * 1000 > kw * OTHER_UNIT
    ? [finding(path, message, "MW, less than the site; this looks like kW: divide by 1000")]
    : [warning(path, message, "less than the site")];
}

function against(path: Path, writtenKw: number, drawnKw: number, whose: string): Finding[] {
  const times = writtenKw / drawnKw;
  const message = `is ${writtenKw}, the ${whose} draw ${rounded(drawnKw)} kW with everything on`;
  if (times > OTHER_UNIT) return [finding(path, message, "kW; this looks like W: divide by 1000")];
  if (times < 1 / OTHER_UNIT) return [finding(path, message, "kW; this looks like MW: times 1000")];
  return times > UNUSUAL || times < 1 / UNUSUAL ? [warning(path, message, "kW, near what the machines draw")] : [];
}

/** With every machine in its highest mode, at the site meter; undefined without machines. */
function kwOf(cohorts: readonly CohortConfig[], pue: number): number | undefined {
  const watts = cohorts.map(
    ({ modes, machines }) => Math.max(...modes.map(({ powerW }) => powerW)) * hostCount(machines.hosts),
  );
  const kw = (watts.reduce((sum, w) => sum + w, 0) * pue) / 1000;
  return kw > 0 ? kw : undefined;
}

function mwText(kw: number): string {
  return `${rounded(kw / 1000)} MW`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}
