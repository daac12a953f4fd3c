export { runSite } from "./runSite.ts";
export { watchFeed } from "./watchFeed.ts";
export { dispatchTarget } from "./dispatchTarget.ts";
export { settleDay } from "./settleDay.ts";
export { issueStatement } from "./issueStatement.ts";
