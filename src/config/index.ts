export { checkConfig, loadConfig, loadMarketConstants } from "./load.ts";
export { finding } from "./finding.ts";
export type { BallastConfig, SiteCheck } from "./load.ts";
export { ConfigError, problemText } from "./problem.ts";
export type { ConfigProblem } from "./problem.ts";
export { expandHosts } from "./hosts.ts";
export { inForceOn, rowInForceOn } from "./marketConstants.ts";
export type { ClientConfig, CohortConfig, ContractConfig, FeedsConfig, MetersConfig } from "./schema/config.ts";
export type { MarketConstants } from "./schema/market.ts";
