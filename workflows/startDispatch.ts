import { ParentClosePolicy, startChild } from "@temporalio/workflow";
import type { DispatchPlan } from "../src/domain/dispatch/model.ts";
import { type DispatchSettings, workflowIds } from "./contracts.ts";
import { dispatchTarget } from "./dispatchTarget.ts";
import { unlessStarted } from "./unlessStarted.ts";

/** Begins a dispatch, in a workflow of its own that outlives the site's run. */
export async function startDispatch(plan: DispatchPlan, settings: DispatchSettings): Promise<void> {
  await unlessStarted(() =>
    startChild(dispatchTarget, {
      workflowId: workflowIds.dispatch(plan.siteId, plan.revision),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [{ plan, settings }],
    }),
  );
}
