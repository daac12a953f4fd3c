import { randomBytes } from "node:crypto";
import type { OperatorOrder } from "../../domain/inputs/orders.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { OrderRequest, PlacedOrder } from "../../ports/commands.ts";
import {
  configure,
  freezeCommands,
  placeOrder,
  releaseOrder,
  retire,
  workflowIds,
} from "../../../workflows/contracts.ts";
import type { Deployment } from "../worker/deployment.ts";
import { businessKey, decided, oneLine, type OperatorLink, signedBy, whileClockStands } from "../worker/siteRequest.ts";
import { parseUntil } from "./operatorUntil.ts";

/** What the operator hears of an order or release. */
export interface OrderReceipt {
  readonly orderId: string;
  /** Sequence of the decision that took it up. */
  readonly sequence: number;
  readonly sentence: string;
}

/**
 * Places an operator's order: a Temporal update that the site's workflow accepts and answers with its decision. A paced
 * clock stands from here until the site is done with it, so that the order has one market time whatever the speed.
 * @throws RequestRefusedError with the workflow's reason, RequestUnusableError for an end that cannot be read,
 * PortUnavailableError when no site answers, and what `signal` is aborted with.
 */
export async function sendOrder(link: OperatorLink, request: OrderRequest, signal?: AbortSignal): Promise<PlacedOrder> {
  const { actor } = link;
  const { action, demand, minKw, breakAtUsdPerMwh } = request;
  const asked = {
    action,
    ...(demand && { demand }),
    ...(minKw === undefined ? {} : { minKw }),
    ...(breakAtUsdPerMwh === undefined ? {} : { breakAtUsdPerMwh }),
  };
  const reason = oneLine(request.reason);
  const cohortIds = request.cohortIds === undefined ? undefined : [...new Set(request.cohortIds)].sort();
  return whileClockStands(link, [asked, cohortIds, request.until, reason], signal, async (at) => {
    const until = parseUntil(request.until, at, request.isLong);
    const orderId = businessKey(actor, at, [asked, cohortIds, until, reason]);
    const order: OperatorOrder = { orderId, actor, reason, ...asked, cohortIds, from: at, until };
    const handle = link.client.workflow.getHandle(workflowIds.site(link.siteId));
    const signed = signedBy(link, placeOrder.name, at, { id: `order/${orderId}`, at, order });
    const { sequence, sentence } = await decided(() =>
      handle.executeUpdate(placeOrder, { updateId: orderId, args: [signed] }),
    );
    return { orderId, sequence, sentence, at, order };
  });
}

/** Ends an order before its time. @throws as `sendOrder`; refused when no such order is in force. */
export async function sendRelease(
  link: OperatorLink,
  request: { readonly orderId: string; readonly reason: string },
  signal?: AbortSignal,
): Promise<OrderReceipt & { readonly at: Instant }> {
  const { actor } = link;
  const { orderId } = request;
  const reason = oneLine(request.reason);
  return whileClockStands(link, ["release", orderId, reason], signal, async (at) => {
    const id = `release/${businessKey(actor, at, [orderId, reason])}`;
    const handle = link.client.workflow.getHandle(workflowIds.site(link.siteId));
    const signed = signedBy(link, releaseOrder.name, at, { id, at, orderId, actor, reason });
    const { sequence, sentence } = await decided(() =>
      handle.executeUpdate(releaseOrder, { updateId: id, args: [signed] }),
    );
    return { orderId, sequence, sentence, at };
  });
}

/**
 * Freezes or thaws the commands to a site or one of its cohorts. @throws as `sendOrder`; refused when what
 * is to be thawed is not frozen.
 */
export async function sendFreeze(
  link: OperatorLink,
  request: { readonly kind: "freeze" | "thaw"; readonly cohortId?: string; readonly reason: string },
  signal?: AbortSignal,
): Promise<Omit<OrderReceipt, "orderId"> & { readonly at: Instant }> {
  const { actor, siteId } = link;
  const { kind, cohortId } = request;
  const reason = oneLine(request.reason);
  return whileClockStands(link, [kind, cohortId, reason], signal, async (at) => {
    const id = `${kind}/${businessKey(actor, at, [cohortId, reason])}`;
    const handle = link.client.workflow.getHandle(workflowIds.site(siteId));
    const signed = signedBy(link, freezeCommands.name, at, { kind, id, at, cohortId, actor, reason });
    const { sequence, sentence } = await decided(() =>
      handle.executeUpdate(freezeCommands, { updateId: id, args: [signed] }),
    );
    return { sequence, sentence, at };
  });
}

/** Takes a site out of service for good. @throws as `sendOrder` */
export async function sendRetirement(
  link: OperatorLink,
  request: { readonly reason: string },
  signal?: AbortSignal,
): Promise<{ readonly retiredAt: Instant }> {
  const { actor, siteId } = link;
  const reason = oneLine(request.reason);
  return whileClockStands(link, ["retire", reason], signal, async (at) => {
    const id = `retire/${businessKey(actor, at, [reason])}`;
    const handle = link.client.workflow.getHandle(workflowIds.site(siteId));
    return handle.executeUpdate(retire, {
      updateId: id,
      args: [signedBy(link, retire.name, at, { id, at, actor, reason })],
    });
  });
}

/** A configuration as it is sent: `begin` is called with its id and market time before the site hears of it. */
export interface SentDeployment {
  readonly deployment: Deployment;
  readonly diff: readonly string[];
  readonly reason: string;
  readonly begin: (requestId: string, at: Instant) => void;
}

/**
 * Brings a new configuration to a site: its worker must take it up first, which the answer waits for.
 * @throws as `sendOrder`; refused when the plan is of another site or malformed. What `begin` throws.
 */
export async function sendConfiguration(
  link: OperatorLink,
  request: SentDeployment,
  signal?: AbortSignal,
): Promise<{ readonly planHash: string; readonly effectiveAt: Instant }> {
  const { actor, siteId } = link;
  const { plan, planHash, dispatch } = request.deployment;
  const reason = oneLine(request.reason);
  const ask = async (at: Instant): Promise<{ readonly planHash: string; readonly effectiveAt: Instant }> => {
    // More is applied than is sent, and what was given up once is never taken: each apply is a request of its own.
    const id = `configure/${businessKey(actor, at, [planHash, randomBytes(8).toString("hex")])}`;
    const { diff, begin } = request;
    begin(id, at);
    const sent = { id, at, plan, planHash, dispatch, diff, actor, reason, effectiveAt: at };
    const handle = link.client.workflow.getHandle(workflowIds.site(siteId));
    return handle.executeUpdate(configure, { updateId: id, args: [signedBy(link, "configure", at, sent)] });
  };
  return whileClockStands(link, ["configure", planHash, reason], signal, ask, { later: "" });
}
