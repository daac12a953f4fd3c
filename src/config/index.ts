export { contractsOn } from "./contractChecks.ts";
export { checkConfig, loadConfig, loadMarketConstants } from "./load.ts";
export { finding, warning } from "./finding.ts";
export type { Finding, SiteCheck } from "./finding.ts";
export type { Loaded } from "./load.ts";
export { schemaFileText } from "./jsonSchema.ts";
export { bookSchema } from "./schema/book.ts";
export { isIngress, readIngress } from "./ingress.ts";
export type { Ingress } from "./ingress.ts";
export { ingressSchema } from "./schema/ingress.ts";
export { siteSchema } from "./schema/config.ts";
export { contractFileSchema } from "./schema/contractFile.ts";
export { ConfigError, problemText } from "./problem.ts";
export type { ConfigProblem } from "./problem.ts";
export { expandHosts, hostCount, HOSTS_MAX } from "./hosts.ts";
export { inForceOn, rowInForceOn } from "./marketConstants.ts";
export type {
  ClientConfig,
  CohortConfig,
  ContractConfig,
  MetersConfig,
  ReserveConfig,
  SiteFile,
  Used,
} from "./schema/config.ts";
export type { MarketConstants } from "./schema/market.ts";
export { feederPue } from "./feederPue.ts";
export { modeSetpoint, setpointKeys } from "./modeSetpoint.ts";
