import { dashboardStamp } from "../centralTime.ts";
import { dashboardPage } from "./page.ts";

/** Group, key and value of a quiet noon, from a recorded row of the monitor; PRC and ECRS follow the day. */
const QUIET: Readonly<Record<string, readonly (readonly [key: string, mw: number])[]>> = {
  responsiveReserveCapabilityGroup: [
    ["rrcCapPfrGenEsr", 1376],
    ["rrcCapLrWoClr", 964],
    ["rrcCapLr", 0],
    ["rrcCapFfr", 0],
    ["rrcCapFfrEsr", 1],
  ],
  responsiveReserveAwardsGroup: [
    ["rrAwdGen", 1376],
    ["rrAwdNonClr", 965],
    ["rrAwdClr", 0],
    ["rrAwdFfr", 1],
  ],
  ercotContingencyReserveCapabilityGroup: [
    ["ecrsCapGen", 108],
    ["ecrsCapNclr", 222],
    ["ecrsCapClr", 87],
    ["ecrsCapQs", 296],
    ["ecrsCapEsr", 1126],
    ["ecrsCapDeployedGenLr", 0],
  ],
  ercotContingencyReserveAwardsGroup: [
    ["ecrsAwdGen", 108],
    ["ecrsAwdNonClr", 223],
    ["ecrsAwdClr", 87],
    ["ecrsAwdQs", 296],
    ["ecrsAwdEsr", 1127],
  ],
  nonSpinReserveCapabilityGroup: [
    ["nsrCapOnGenWoEo", 3982],
    ["nsrCapOffResWOs", 0],
    ["nsrCapUndeployedLr", 28],
    ["nsrCapOffGen", 1432],
    ["nsrCapEsr", 3241],
  ],
  nonSpinReserveAwardsGroup: [
    ["nsrAwdGenWEo", 4005],
    ["nsrAwdGenWOs", 0],
    ["nsrAwdLr", 63],
    ["nsrAwdOffGen", 1432],
    ["nsrAwdQs", 242],
    ["nsrAwdAs", 3242],
  ],
  regulationCapacityGroup: [
    ["regUpCap", 511],
    ["regDownCap", 524],
    ["regUpUndeployed", 511],
    ["regDownUndeployed", 387],
    ["regUpDeployed", 0],
    ["regDownDeployed", 139],
  ],
  regulationAwardsGroup: [
    ["regUpAwd", 511],
    ["regDownAwd", 558],
  ],
  systemAvailableCapacityGroup: [
    ["capClrDecreaseBp", -6],
    ["capClrIncreaseBp", 206],
    ["capWEoIncreaseBp", 7005],
    ["capWEoDecreaseBp", -53863],
  ],
  ercotWidePhysicalResponsiveCapabilityGroup: [["prc", 18807]],
  realTimeOperatingReserveDemandCurveCapacityGroup: [
    ["rtReserveOnline", 0],
    ["rtReserveOnOffline", 0],
  ],
  emrOutAndOutLCapacityGroup: [
    ["telemHslEmr", 803],
    ["telemHslOut", 4327],
    ["telemHslOutl", 2255],
  ],
};
/** ECRS of loads and quick starts is called in an energy emergency. */
const ECRS_DEPLOYED_MW = 518;

/** The monitor of ancillary service capacity, as the day's PRC and state of the grid have it. */
export const capacityMonitor = dashboardPage(
  "ancillary-service-capacity-monitor",
  ({ day, prcEverySeconds }, nowMs, standsSinceMs) => {
    const refreshed = (ms: number): number => Math.floor(ms / (prcEverySeconds * 1000)) * prcEverySeconds * 1000;
    const epoch = refreshed(standsSinceMs);
    const now = day.conditions.findLast(({ atMs }) => atMs <= epoch);
    if (now === undefined) return undefined;
    const live: Readonly<Record<string, number>> = {
      prc: now.prcMw,
      ecrsCapDeployedGenLr: now.eeaLevel > 0 ? ECRS_DEPLOYED_MW : 0,
    };
    const groups = Object.entries(QUIET).map(([group, pairs]) => [
      group,
      [["key", "value"], ...pairs.map(([key, mw]) => [key, live[key] ?? mw])],
    ]);
    return {
      lastUpdated: dashboardStamp(refreshed(nowMs)),
      epoch,
      interval: 300,
      dstFlag: "N",
      data: Object.fromEntries(groups),
    };
  },
);
