import { createHash, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import type { OperatorOrder } from "../../domain/inputs/orders.ts";
import { startsAgain, type StopInput } from "../../domain/inputs/safetyStops.ts";
import { PROOF_VALID_SECONDS } from "../../domain/evidence/operatorAdmission.ts";
import type { Signed } from "../../domain/evidence/operatorProof.ts";
import { FailureType } from "../../domain/units/failureTypes.ts";
import { cleanText } from "../../domain/units/foreignText.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { type OrderRequest, type PlacedOrder, RequestRefusedError } from "../../ports/commands.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { Retirement } from "../../ports/retirements.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import {
  type Answer,
  configure,
  freezeCommands,
  placeOrder,
  releaseOrder,
  retire,
  stopMachines,
  workflowIds,
} from "../../../workflows/contracts.ts";
import { retiredText } from "../worker/book.ts";
import type { Deployment } from "../worker/deployment.ts";
import { parseUntil } from "./operatorUntil.ts";
import { signRequest } from "./signRequest.ts";
import { endingWith } from "../worker/endingWith.ts";
import { awaitIdle } from "../worker/siteGateway.ts";

/** How long a site may take to decide on an order, real time. */
const ANSWER_WITHIN_MS = 60_000;

/** Between two askings of a site whose run has just closed, real milliseconds. */
const ASK_AGAIN_MS = 500;

/** What the operator hears of an order or release. */
export interface OrderReceipt {
  readonly orderId: string;
  /** Sequence of the decision that took it up. */
  readonly sequence: number;
  readonly sentence: string;
}

/** The way to one site for an authenticated operator. */
export interface OperatorLink {
  readonly client: Client;
  readonly clock: MarketClock;
  readonly siteId: string;
  readonly actor: string;
  /** The actor's key, or that of a gateway that vouches for the actor: Ed25519, PEM. */
  readonly privateKeyPem: string;
  /** Set for a site that is retired: nothing is asked of it. */
  readonly retired?: Retirement;
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

/**
 * Stops a site or one of its cohorts for safety, or lets it start again. A stop waits for nothing that is under way:
 * the next revision takes over. Each is a request of its own, also where a paced clock stands; one that was kept before
 * it is sent has its id and moment already, and sent again is the same. @throws as `sendOrder`; refused when what is to
 * start is not stopped.
 */
export async function sendStop(
  link: OperatorLink,
  request: Pick<StopInput, "kind" | "cohortId" | "reason"> & Partial<Pick<StopInput, "id" | "at">>,
  signal?: AbortSignal,
): Promise<Omit<OrderReceipt, "orderId"> & { readonly at: Instant }> {
  const { actor, siteId } = link;
  const { kind, cohortId } = request;
  const reason = oneLine(request.reason);
  const send = async (now: Instant) => {
    const at = request.at ?? now;
    const own = `${kind}/${businessKey(actor, at, [cohortId, reason, randomBytes(8).toString("hex")])}`;
    const id = request.id ?? own;
    const handle = link.client.workflow.getHandle(workflowIds.site(siteId));
    const signed = signedBy(link, stopMachines.name, now, { kind, id, at, cohortId, actor, reason });
    const { sequence, sentence } = await decided(() =>
      handle.executeUpdate(stopMachines, { updateId: id, args: [signed] }),
    );
    return { sequence, sentence, at };
  };
  return whileClockStands(link, [kind, cohortId, reason], signal, send, { isAtOnce: !startsAgain({ kind }) });
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

function signedBy<Request extends { readonly id: string }>(
  { siteId, privateKeyPem }: OperatorLink,
  update: string,
  signedAt: Instant,
  request: Request,
): Signed<Request> {
  return signRequest(privateKeyPem, { siteId, update, signedAt }, request);
}

/** Asks until there is a decision: a run that closes hands the order to the next one, which knows it by its id. */
async function decided(ask: () => Promise<Answer>): Promise<Extract<Answer, { kind: "decided" }>> {
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      if (isOfClosedRun(error)) return undefined;
      throw error;
    });
    if (answer?.kind === "decided") return answer;
    await delay(ASK_AGAIN_MS);
  }
}

/** Whether the server says that the run closed over the question: the next one can answer it. */
function isOfClosedRun(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === "AcceptedUpdateCompletedWorkflow"
  );
}

/**
 * Holds a paced clock around one update. The hold is named by who asks for what: should this process be killed with the
 * clock held, the same command again takes the same hold and gives it back.
 */
async function whileClockStands<T>(
  link: OperatorLink,
  content: unknown,
  signal: AbortSignal | undefined,
  update: (at: Instant) => Promise<T>,
  { later = TAKEN_LATER, isAtOnce = false } = {},
): Promise<T> {
  const { client, clock, siteId, actor, retired } = link;
  if (retired !== undefined) throw new RequestRefusedError(retiredText(retired));
  const hold = `operator/${actor}/${digest(content)}`;
  const workflowId = workflowIds.site(siteId);
  await clock.hold(hold);
  try {
    return await within(client, signal, async () => {
      // What is already under way is finished first: the order comes after it, not into the middle.
      if (!isAtOnce) await awaitIdle(client, workflowId);
      const answer = await update(await clock.now());
      await awaitIdle(client, workflowId);
      return answer;
    });
  } catch (error) {
    throw explained(error, siteId, later);
  } finally {
    await clock.release(hold);
  }
}

/** Ends `work`, and what it has asked the server, at the signal or when the answer takes too long. */
async function within<T>(client: Client, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
  return await endingWith(client, signal ? AbortSignal.any([signal, timeout]) : timeout, work);
}

/** Why a site, or an activity that it asked, refused; undefined for any other failure. */
function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && cause.type === FailureType.OrderRefused) return cause.message;
  }
  return undefined;
}

/** What may come of a request that is not answered in time: its signature ages by market time. */
const TAKEN_LATER =
  ` It may still be taken up if one comes back within ${PROOF_VALID_SECONDS / 60} minutes, and is refused after ` +
  `that; look with \`ballast status\``;

function explained(error: unknown, siteId: string, later: string): unknown {
  const refusal = refusalIn(error);
  if (refusal !== undefined) return new RequestRefusedError(refusal, { cause: error });
  if (error instanceof WorkflowNotFoundError) {
    return new PortUnavailableError(
      `site ${siteId} has not begun: it starts with the first published price; try again in a moment`,
      { cause: error },
    );
  }
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new PortUnavailableError(
      `site ${siteId} did not answer within ${ANSWER_WITHIN_MS / 1000} s: is a worker running?${later}`,
      { cause: error },
    );
  }
  return error;
}

/** Who, when (market time) and a hash of what: the same order sent twice at one instant is one order. */
function businessKey(actor: string, at: Instant, content: unknown): string {
  return `${actor}-${at.slice(0, 19).replace(/[-:]/g, "")}Z-${digest([at, content])}`;
}

function digest(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 8);
}

/** A reason as it is kept: pasted line breaks and control characters go, its length is for the site to judge. */
function oneLine(reason: string): string {
  return cleanText(reason, Math.max(1, reason.length));
}
