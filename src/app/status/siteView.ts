import type { SiteView } from "../../readModels/siteView.ts";
import { type Deployment, siteMeterOf } from "../worker/deployment.ts";
import { feedsNotRead, feedsOf } from "../worker/feeds.ts";

/** What the read models need of a site's configuration. @throws Error for a site without a site meter */
export function siteViewOf(deployment: Deployment): SiteView {
  const { plan, meters, stopInputs = [] } = deployment;
  return {
    plan,
    siteMeterId: siteMeterOf(deployment).meterId,
    meterIds: meters.map(({ meterId }) => meterId),
    feeds: feedsOf(deployment),
    feedsNotRead: feedsNotRead(deployment),
    stopInputs,
  };
}
