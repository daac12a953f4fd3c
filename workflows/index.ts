export { runSite } from "./runSite.ts";
export { watchFeed } from "./watchFeed.ts";
export { dispatchTarget } from "./dispatchTarget.ts";
export { closeDay } from "./closeDay.ts";
export { closeMonth } from "./closeMonth.ts";
export { settleDay } from "./settleDay.ts";
export { issueStatement } from "./issueStatement.ts";
export { exportEvidence } from "./exportEvidence.ts";
