/**
 * Keys of ERCOT's ancillary service capacity monitor that concern loads, each with its group on the page. Units: MW.
 * Manual deployment of ECRS shows in `ecrsCapDeployedGenLr`; `telemHslOutl` is the net consumption of load resources in
 * status OUTL.
 */
export const AS_CAPACITIES = [
  { group: "ercotWidePhysicalResponsiveCapabilityGroup", key: "prc" },
  { group: "responsiveReserveCapabilityGroup", key: "rrcCapLrWoClr" },
  { group: "responsiveReserveCapabilityGroup", key: "rrcCapLr" },
  { group: "responsiveReserveAwardsGroup", key: "rrAwdNonClr" },
  { group: "responsiveReserveAwardsGroup", key: "rrAwdClr" },
  { group: "ercotContingencyReserveCapabilityGroup", key: "ecrsCapNclr" },
  { group: "ercotContingencyReserveCapabilityGroup", key: "ecrsCapClr" },
  { group: "ercotContingencyReserveCapabilityGroup", key: "ecrsCapDeployedGenLr" },
  { group: "ercotContingencyReserveAwardsGroup", key: "ecrsAwdNonClr" },
  { group: "ercotContingencyReserveAwardsGroup", key: "ecrsAwdClr" },
  { group: "nonSpinReserveCapabilityGroup", key: "nsrCapUndeployedLr" },
  { group: "nonSpinReserveAwardsGroup", key: "nsrAwdLr" },
  { group: "systemAvailableCapacityGroup", key: "capClrDecreaseBp" },
  { group: "systemAvailableCapacityGroup", key: "capClrIncreaseBp" },
  { group: "emrOutAndOutLCapacityGroup", key: "telemHslOutl" },
] as const;

/** MW by ERCOT's key; what is not shown is absent. */
export type AsCapacityMw = Readonly<Partial<Record<(typeof AS_CAPACITIES)[number]["key"], number>>>;
