import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { splitText } from "../../src/domain/decision/split.ts";
import { postgresConfigurationOutcomes } from "../../src/adapters/postgres/configurationOutcomes.ts";
import { postgresCommandFreezes } from "../../src/adapters/postgres/commandFreezes.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { postgresOperatorAdmissions } from "../../src/adapters/postgres/operatorAdmissions.ts";
import { operatorsFile, readOperators } from "../../src/app/worker/operatorList.ts";
import { addOperator, removeOperator, scriptKey } from "../../src/app/operator/operatorKeyFile.ts";
import { signRequest } from "../../src/app/worker/signRequest.ts";
import { awaitIdle } from "../../src/app/worker/siteGateway.ts";
import { planHashOf } from "../../src/app/worker/loadDeployment.ts";
import { firstRun } from "../../src/app/worker/nextRun.ts";
import type { OperatorOrder } from "../../src/domain/inputs/orders.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import type { OperatorKey } from "../../src/domain/evidence/operatorAdmission.ts";
import type { Signed } from "../../src/domain/evidence/operatorProof.ts";
import { wholeSplit } from "../../src/domain/decision/split.ts";
import { planDispatch } from "../../src/domain/dispatch/plan.ts";
import { dayEnd, wallToInstant } from "../../src/domain/market/calendar.ts";
import { FailureType } from "../../src/domain/units/failureTypes.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import {
  type Answer,
  configure,
  type ConfigureRequest,
  freezeCommands,
  placeOrder,
  releaseOrder,
  siteInput,
  workflowIds,
} from "../../workflows/contracts.ts";
import type { dispatchTarget, runSite } from "../../workflows/index.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";
import { testDatabase, testTemporal } from "../support/stack.ts";
import { type DispatchBench, startDispatchBench } from "./marketDispatch.ts";

const DAY = "2026-08-18";
const NOW = wallToInstant({ day: DAY, time: "19:00:00", repeatedHour: false });
const GOOD: OperatorOrder = {
  orderId: "maria-1",
  actor: "maria",
  reason: "line work",
  action: "curtail",
  from: NOW,
  until: addSeconds(NOW, 2_700),
};

let bench: DispatchBench;
let workflowId: string;

beforeAll(async () => {
  bench = await startDispatchBench({
    database: await testDatabase(),
    temporal: testTemporal(),
    deployment: smallSite({ day: DAY, net: await freeNet(), machinesPerCohort: 2 }),
    seed: 5,
    faults: { lie: 0, deadAtResume: 0, dropWriteReply: 0 },
    startAt: NOW,
    driver: { timeoutMs: 1_000 },
  });
  const { deployment, client, taskQueue } = bench;
  workflowId = workflowIds.site(deployment.plan.siteId);
  await client.workflow.start<typeof runSite>("runSite", {
    workflowId,
    taskQueue,
    args: [firstRun(deployment, { kind: "paced" }, NOW)],
  });
  await awaitIdle(client, workflowId);
}, 60_000);
afterAll(async () => {
  await bench?.client.workflow.getHandle(workflowId).terminate("the test ends");
  await bench?.close();
});

type Request = { readonly id: string };
const signedBy = (operator: Omit<Parameters<typeof addOperator>[0], "dataDir" | "keyFile">, order: OperatorOrder) => {
  const keyFile = join(bench.dataDir, `${operator.actor}.key`);
  addOperator({ dataDir: bench.dataDir, keyFile, ...operator });
  const signing = { siteId: bench.deployment.plan.siteId, update: "placeOrder", signedAt: NOW };
  return signRequest(readFileSync(keyFile, "utf8"), signing, placed(order));
};
/** A request signed by the key of `actor`, which is added to the site's operators when it is new. */
const signed = <R extends Request>(update: string, request: R, actor = "maria", signedAt = NOW): Signed<R> =>
  signRequest(scriptKey(bench.dataDir, actor), { siteId: bench.deployment.plan.siteId, update, signedAt }, request);
const site = () => bench.client.workflow.getHandle(workflowId);
const placed = (order: OperatorOrder, id = order.orderId) => ({ id: `order/${id}`, at: NOW, order });
const place = (order: OperatorOrder, updateId: string = order.orderId) =>
  site().executeUpdate(placeOrder, { updateId, args: [signed("placeOrder", placed(order, updateId))] });
const release = (actor: string, reason: string, orderId = GOOD.orderId) => {
  const request = { id: `release/${actor}/${reason}`, at: NOW, orderId, actor, reason };
  return site().executeUpdate(releaseOrder, { args: [signed("releaseOrder", request)] });
};
const decided = async (): Promise<number> =>
  (await bench.decisions.between(bench.deployment.plan.siteId, NOW, addSeconds(NOW, 86_400))).length;
const restarts = (): string[] =>
  bench.commandsSince(0).map(({ machineId, parameter, outcome }) => `${machineId} ${parameter} ${outcome}`);

async function refusal(answer: Promise<unknown>): Promise<[string | null | undefined, string]> {
  const error = await answer.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure))
    throw error ?? new Error("the order was taken");
  return [error.cause.type, error.cause.message];
}

describe("an order sent straight to the Temporal server", () => {
  const others = (order: Partial<OperatorOrder>) => ({ ...GOOD, orderId: "forged", ...order });
  const unsigned = { ...placed(others({})), proof: undefined };

  it.each<[string, () => unknown, string | RegExp]>([
    ["unsigned", () => unsigned, /it is not signed/],
    [
      "with a signature of zeros",
      () => ({
        ...signed("placeOrder", placed(others({}))),
        proof: { ...proofOf({}), signature: `${"A".repeat(86)}==` },
      }),
      /the signature is not of the key/,
    ],
    [
      "that was changed after it was signed",
      () => ({ ...signed("placeOrder", placed(others({}))), order: others({ action: "run" }) }),
      /something was changed after it/,
    ],
    [
      "signed for another kind of request",
      () => signed("releaseOrder", placed(others({}))),
      /the signature is not of the key/,
    ],
    [
      "signed for another site",
      () =>
        signRequest(
          scriptKey(bench.dataDir, "maria"),
          { siteId: "mesquite-flat", update: "placeOrder", signedAt: NOW },
          placed(others({})),
        ),
      /the signature is not of the key/,
    ],
    [
      "signed by joe in maria's name",
      () => signed("placeOrder", placed(others({})), "joe"),
      /is joe's and cannot order/,
    ],
    [
      "signed by joe for joe, with maria named beside him",
      () => signed("placeOrder", { ...placed(others({ actor: "maria" })), actor: "joe" }, "joe"),
      /does not name one actor/,
    ],
    [
      "signed by somebody who may only look",
      () => signedBy({ actor: "wallboard", roles: ["viewer"] }, others({ actor: "wallboard" })),
      /wallboard may not order: that takes the role desk/,
    ],
    [
      "signed with a key that was removed",
      () => {
        const request = signedBy({ actor: "former", roles: ["desk"] }, others({ actor: "former" }));
        removeOperator(bench.dataDir, "former");
        return request;
      },
      /is not known here, or was removed/,
    ],
    [
      "signed ten minutes and a second ago",
      () => signed("placeOrder", placed(others({})), "maria", addSeconds(NOW, -601)),
      /more than 10 minutes from market time/,
    ],
    [
      "signed for later",
      () => signed("placeOrder", placed(others({})), "maria", addSeconds(NOW, 660)),
      /more than 10 minutes from market time/,
    ],
  ])("%s is refused: nothing is decided and no machine hears of it", async (_what, request, why) => {
    const [type, message] = await refusal(site().executeUpdate(placeOrder, { args: [request() as never] }));
    expect(type).toBe(FailureType.OrderRefused);
    expect(message).toMatch(why);
    await awaitIdle(bench.client, workflowId);
    expect([await decided(), restarts()]).toEqual([0, []]);
  });

  it("under a nonce that another request used is refused", async () => {
    const admissions = postgresOperatorAdmissions(bench.pool);
    const { siteId } = bench.deployment.plan;
    const request = signed("placeOrder", placed(others({ orderId: "replayed" })));
    const key = readOperators(operatorsFile(bench.dataDir)).find(({ keyId }) => keyId === request.proof.keyId);
    await admissions.claim(siteId, key as OperatorKey, request.proof, { id: "order/another", digest: "another" });
    const [, message] = await refusal(site().executeUpdate(placeOrder, { args: [request] }));
    expect(message).toBe("Order refused: its nonce was used for another request.");
    expect([await decided(), restarts()]).toEqual([0, []]);
  });

  function proofOf(order: Partial<OperatorOrder>) {
    return signed("placeOrder", placed(others(order))).proof;
  }
});

describe("an order that reaches the site itself, past every check before it", () => {
  it.each([
    ["that ends now", { until: NOW }, `the order ends at ${NOW}, which is not after now (${NOW})`],
    [
      "that ended an hour ago",
      { until: addSeconds(NOW, -3_600) },
      /^Order refused: the order ends at .*, which is not after now/,
    ],
    [
      "whose end is no moment",
      { until: "tomorrow" as Instant },
      '"tomorrow" is no moment; expected an instant such as 2026-08-18T22:05:11.000Z',
    ],
    [
      "whose end is written with an offset, which would not compare",
      { until: "2026-08-18T21:00:00-05:00" as Instant },
      /"2026-08-18T21:00:00-05:00" is no moment/,
    ],
    ["without a reason", { reason: " \t" }, "an order needs a reason"],
    ["of nobody", { actor: "" }, "an order needs an authenticated actor"],
    ["of a blank actor", { actor: "  " }, "an order needs an authenticated actor"],
    [
      "for a cohort that the site does not have, beside one that it has",
      { cohortIds: ["caprock-s21", "hall-9"] },
      'the site has no cohort "hall-9"',
    ],
  ])("%s is refused with the reason; nothing is decided and no machine hears of it", async (what, wrong, why) => {
    const [type, message] = await refusal(place({ ...GOOD, orderId: `wrong ${what}`, ...wrong }));
    expect(type).toBe(FailureType.OrderRefused);
    if (typeof why === "string") expect(message).toBe(`Order refused: ${why}.`);
    else expect(message).toMatch(why);
    await awaitIdle(bench.client, workflowId);
    expect([await decided(), restarts()]).toEqual([0, []]);
  });

  it("cannot be replaced by a dispatch of a revision that nobody decided: no machine hears of it, none is fenced off", async () => {
    const { plan, dispatch: settings } = bench.deployment;
    const targets = plan.cohorts.map(({ cohortId, machines }) => ({
      cohortId,
      ableMachines: machines,
      fromSplit: wholeSplit("normal", machines),
      split: wholeSplit("off", machines),
    }));
    const record = { siteId: plan.siteId, input: { asOf: NOW, facts: {} }, dispatch: { revision: 900_000, targets } };
    const forged = planDispatch({ ...settings, plan, record: record as unknown as DecisionRecord });
    const args: Parameters<typeof dispatchTarget> = [{ plan: forged, settings }];
    const sent = bench.client.workflow.execute<typeof dispatchTarget>("dispatchTarget", {
      workflowId: workflowIds.dispatch(plan.siteId, forged.revision),
      taskQueue: bench.taskQueue,
      args,
    });
    await expect(sent).rejects.toMatchObject({
      cause: { cause: { message: expect.stringContaining("no recorded decision of site") } },
    });
    const { rows } = await bench.pool.query("SELECT revision FROM dispatch_fence WHERE revision >= 900000");
    expect([restarts(), rows]).toEqual([[], []]);
  });

  it("is done once when it is good, however often it arrives: one decision, one command at each machine", async () => {
    const first = await place(GOOD);
    const again = await place(GOOD);
    const underAnotherUpdate = await place(GOOD, "sent again by another client");
    expect(first).toMatchObject({ kind: "decided", id: "order/maria-1", sequence: 1 });
    expect(again).toEqual(first);
    expect(underAnotherUpdate).toMatchObject({ kind: "decided", sequence: 1 });
    const dispatch = bench.client.workflow.getHandle(workflowIds.dispatch(bench.deployment.plan.siteId, 1));
    expect(await dispatch.result()).toMatchObject({ outcome: "confirmed" });
    expect(await decided()).toBe(1);
    expect(restarts().sort()).toEqual(
      bench.deployment.machines.map(({ machineId }) => `${machineId} sleep applied`).sort(),
    );
  });
});

describe("the id of an order that was answered", () => {
  const id = `order/${GOOD.orderId}`;
  const used = `Order refused: the id "${id}" was used for another request.`;
  const frozen = () => postgresCommandFreezes(bench.pool).inForce(bench.deployment.plan.siteId);

  it("cannot freeze: it is refused before any table is written, so that no machine is deaf to a site that knows nothing", async () => {
    const request = { kind: "freeze" as const, id, at: NOW, actor: "maria", reason: "electricians" };
    const sent = site().executeUpdate(freezeCommands, { args: [signed("freezeCommands", request)] });
    expect(await refusal(sent)).toEqual([FailureType.OrderRefused, used]);
    expect(await frozen()).toEqual([]);
  });

  it("cannot order anything else: the sender is not answered with what came of the first order", async () => {
    const other = { id, at: NOW, order: { ...GOOD, action: "run" as const } };
    const sent = site().executeUpdate(placeOrder, { args: [signed("placeOrder", other)] });
    expect(await refusal(sent)).toEqual([FailureType.OrderRefused, used]);
  });

  it("signed anew over the same order, gets the same answer", async () => {
    const same = site().executeUpdate(placeOrder, { args: [signed("placeOrder", placed(GOOD))] });
    expect(await same).toMatchObject({ kind: "decided", id, sequence: 1 });
    expect(await decided()).toBe(1);
  });
});

describe("a gateway's key", () => {
  it("places orders in the name of a person whom the gateway has signed in", async () => {
    const before = await decided();
    const order = { ...GOOD, orderId: "lee-1", actor: "lee", cohortIds: ["caprock-s21"] };
    const request = signedBy({ actor: "sso-gateway", roles: ["desk"], vouches: true }, order);
    const answer = await site().executeUpdate(placeOrder, { args: [request] });
    expect(answer).toMatchObject({ kind: "decided", id: "order/lee-1" });
    const last = (await bench.decisions.latest(bench.deployment.plan.siteId)) as DecisionRecord;
    expect(last.input.facts.orders.find(({ orderId }) => orderId === "lee-1")?.actor).toBe("lee");
    expect(before).toBe(1);
  });
});

describe("a release", () => {
  it.each([
    ["of nobody", () => release("", "done"), "a release needs an authenticated actor and a reason"],
    ["without a reason", () => release("maria", " "), "a release needs an authenticated actor and a reason"],
    [
      "of an order that is not in force",
      () => release("maria", "done", "maria-2"),
      'there is no order "maria-2" in force',
    ],
  ])("%s is refused, and the order stands", async (_what, send, why) => {
    expect(await refusal(send())).toEqual([FailureType.OrderRefused, `Order refused: ${why}.`]);
    expect(await decided()).toBe(2);
  });
});

/** The server's word for an update whose run closed over it. */
const isOfClosedRun = (error: unknown): boolean =>
  error instanceof WorkflowUpdateFailedError &&
  (error.cause as ApplicationFailure).type === "AcceptedUpdateCompletedWorkflow";

describe("an order that meets the end of the site's run", () => {
  it("is answered by the run that closes, and decided by the next when it is asked again", async () => {
    const midnight = dayEnd(DAY);
    const { runId } = await bench.client.workflow.getHandle(workflowId).describe();
    const late: OperatorOrder = { ...GOOD, orderId: "maria-9", from: midnight, until: addSeconds(midnight, 900) };
    // one signed request, sent again as it is: the next run knows it, and its nonce is its own
    const request = signed("placeOrder", { id: "order/maria-9", at: midnight, order: late });
    const ask = (updateId: string) => site().executeUpdate(placeOrder, { updateId, args: [request] });
    expect(await ask("first")).toEqual({ kind: "carried-over", id: "order/maria-9" });
    // a sender that asks on and on, without a pause, does not keep the run from its end
    let answer: Answer | undefined;
    for (let i = 0; answer === undefined || answer.kind === "carried-over"; i++)
      answer = await ask(`again ${i}`).catch((error: unknown) => {
        if (isOfClosedRun(error)) return undefined;
        throw error;
      });
    expect(answer).toMatchObject({ kind: "decided", id: "order/maria-9", sequence: 3 });
    expect((await bench.client.workflow.getHandle(workflowId).describe()).runId).not.toBe(runId);
  });
});

describe("what no order should look like", () => {
  it.each([
    ["nothing at all", null],
    ["an order that is a number", { id: "order/7", at: NOW, order: 7 }],
    ["a reason of 100,000 characters", { id: "order/8", at: NOW, order: { ...GOOD, reason: "x".repeat(100_000) } }],
    ["an end in a year", { id: "order/9", at: NOW, order: { ...GOOD, until: addSeconds(NOW, 365 * 86_400) } }],
  ])("%s is refused and the site goes on", async (_what, request) => {
    const sent = bench.client.workflow.getHandle(workflowId).executeUpdate(placeOrder, { args: [request as never] });
    const [type, message] = await refusal(sent);
    expect(type).toBe(FailureType.OrderRefused);
    expect(message.length).toBeLessThan(400);
    await awaitIdle(bench.client, workflowId);
  });
});

describe("commands that somebody has frozen", () => {
  it("reach no machine until they are thawed; then the machines are where the order wants them", async () => {
    const at = addSeconds(dayEnd(DAY), 1_000);
    const handle = bench.client.workflow.getHandle(workflowId);
    const word = (kind: "freeze" | "thaw") =>
      handle.executeUpdate(freezeCommands, {
        args: [signed("freezeCommands", { kind, id: `${kind}/1`, at, actor: "maria", reason: "electricians" })],
      });
    expect(await word("freeze")).toMatchObject({ kind: "decided" });
    const mark = bench.mark();
    const order: OperatorOrder = { ...GOOD, orderId: "maria-10", action: "run", from: at, until: addSeconds(at, 900) };
    const taken = await handle.executeUpdate(placeOrder, {
      args: [signed("placeOrder", { id: "order/maria-10", at, order })],
    });
    expect(taken).toMatchObject({ kind: "decided" });
    await awaitIdle(bench.client, workflowId);
    expect(bench.commandsSince(mark)).toEqual([]);
    expect(await refusal(handle.executeUpdate(freezeCommands, { args: [null as never] }))).toEqual([
      FailureType.OrderRefused,
      expect.stringContaining("the input is null"),
    ]);
    await word("thaw");
    await awaitIdle(bench.client, workflowId);
    const latest = await bench.decisions.latest(bench.deployment.plan.siteId);
    const revision = latest?.dispatch?.revision;
    expect(revision).toBeDefined();
    await bench.client.workflow
      .getHandle(workflowIds.dispatch(bench.deployment.plan.siteId, revision as number))
      .result();
    expect(bench.commandsSince(mark).length).toBeGreaterThan(0);
  });
});

describe("a changed configuration", () => {
  it("that the worker has and the site has not yet accepted does not reach the money: baselines stay those of the plan decided by", async () => {
    const at = addSeconds(dayEnd(DAY), 1_950);
    const { plan } = bench.deployment;
    const twice = plan.cohorts.map((cohort) => ({
      ...cohort,
      modes: cohort.modes.map((mode) => ({ ...mode, powerW: mode.powerW * 2 })),
      feederPue: 1.02,
    }));
    const baselines = async (): Promise<(string | number | undefined)[][]> =>
      (await bench.decisions.currentModes(plan.siteId)).map((line) => [
        line.cohortId,
        line.normalPowerW,
        line.feederPue,
      ]);
    const before = await baselines();
    // as the feeders meter the machines: their cooling is metered at the site, whose own factor is 1.02
    expect(before.toSorted()).toEqual([
      ["bluestem-s19k", 2794, 1],
      ["caprock-s21", 3500, 1],
      ["mesquite-s19j", 3068, 1],
    ]);
    const order: OperatorOrder = { ...GOOD, orderId: "maria-11", from: at, until: addSeconds(at, 30) };
    bench.plans.set(plan.siteId, { ...plan, cohorts: twice });
    try {
      const request = signed("placeOrder", { id: "order/maria-11", at, order });
      expect(await site().executeUpdate(placeOrder, { args: [request] })).toMatchObject({ kind: "decided" });
      const lines = await bench.decisions.currentModes(plan.siteId);
      expect(lines.map(({ split }) => splitText(split))).toEqual(["off", "off", "off"]);
      expect(await baselines()).toEqual(before);
    } finally {
      bench.plans.set(plan.siteId, plan);
    }
  });

  it("is refused under a hash that is not its own, waits for a worker that has it, and decides from then on", async () => {
    const at = addSeconds(dayEnd(DAY), 2_000);
    const { plan, dispatch } = bench.deployment;
    const changed = { ...plan, singleSourceMwMax: plan.singleSourceMwMax / 2 };
    const handle = bench.client.workflow.getHandle(workflowId);
    const request = (planHash: string): ConfigureRequest => ({
      id: `configure/${planHash}`,
      at,
      plan: changed,
      planHash,
      dispatch,
      diff: ["plan.singleSourceMwMax: halved"],
      actor: "maria",
      reason: "less on one price",
      effectiveAt: at,
    });
    const send = (planHash: string) =>
      handle.executeUpdate(configure, { args: [signed("configure", request(planHash))] });
    const wrong = await send("0".repeat(64)).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(String(wrong?.cause)).toMatch(/Order refused: the plan's hash is/);
    const planHash = planHashOf(changed);
    const outcomes = postgresConfigurationOutcomes(bench.pool);
    const givenUp = { requestId: "configure/given-up", planHash };
    await outcomes.settle(plan.siteId, givenUp, "withdrawn");
    bench.plans.set(plan.siteId, changed);
    const late = { ...request(planHash), id: givenUp.requestId };
    expect(await refusal(handle.executeUpdate(configure, { args: [signed("configure", late)] }))).toEqual([
      FailureType.OrderRefused,
      expect.stringContaining("was given up before the site had accepted it"),
    ]);
    bench.plans.set(plan.siteId, plan);
    const sent = send(planHash);
    bench.plans.set(plan.siteId, changed);
    expect(await sent).toEqual({ planHash, effectiveAt: at });
    expect(await outcomes.newestAccepted(plan.siteId)).toEqual({ requestId: `configure/${planHash}`, planHash });
    for (;;) {
      const latest = await bench.decisions.latest(plan.siteId);
      if (latest?.planHash === planHash) break;
      await awaitIdle(bench.client, workflowId);
    }
  });
});

describe("an order that is sent while no worker runs, and whose sender has gone away unanswered", () => {
  /** Market seconds for which no worker runs. */
  async function sentAndLeft(orderId: string, seconds: number): Promise<OperatorOrder> {
    // the clock goes on once no dispatch is under way
    await bench.pass(1);
    const [signedAt, from] = [bench.now(), addSeconds(dayEnd(DAY), 4_000)];
    const order: OperatorOrder = { ...GOOD, orderId, from, until: addSeconds(from, 3_600) };
    const request = signed("placeOrder", { id: `order/${orderId}`, at: from, order }, "maria", signedAt);
    await bench.withoutWorker(async () => {
      const asked = bench.client.withAbortSignal(AbortSignal.timeout(1_500), () =>
        site().executeUpdate(placeOrder, { updateId: orderId, args: [request] }),
      );
      await expect(asked).rejects.toBeInstanceOf(WorkflowUpdateRPCTimeoutOrCancelledError);
      await bench.pass(seconds);
    });
    return order;
  }
  /** The site decides once more: the orders in force then. */
  async function ordersInForce(at: Instant): Promise<string[]> {
    await site().signal(siteInput, { kind: "wake", id: `wake/${at}`, at });
    await awaitIdle(bench.client, workflowId);
    const latest = await bench.decisions.latest(bench.deployment.plan.siteId);
    return latest?.input.facts.orders.map(({ orderId }) => orderId) ?? [];
  }

  it("is refused by a worker that comes back later: it is never taken up", async () => {
    await sentAndLeft("left-2", 660);
    const [row] = await query<{ count: string }>(
      bench.pool,
      "SELECT count(*) FROM operator_request WHERE request_id = $1",
      ["order/left-2"],
    );
    expect(row?.count).toBe("0");
    expect(await ordersInForce(addSeconds(dayEnd(DAY), 4_001))).not.toContain("left-2");
  });

  it("is taken up by a worker that comes back within ten minutes", async () => {
    await sentAndLeft("left-1", 300);
    await expect.poll(() => ordersInForce(addSeconds(dayEnd(DAY), 4_002)), { timeout: 10_000 }).toContain("left-1");
  });
});
