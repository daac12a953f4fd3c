import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import { cohortIds, demand, instant, kw, name, object, oneOf, optional, text, usd } from "./checks.ts";
import { closed, kwScopeProblem } from "./closed.ts";
import { countedFrom, type Demand } from "./demand.ts";
import type { Absorbed, About, SiteFact } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** What a person names to release the grid level that a silent feed has left standing. No order may have this id. */
export const GRID_LEVEL_ID = "grid-level";

/** What a person of the energy desk orders. */
export interface OperatorOrder {
  readonly orderId: string;
  /** Authenticated actor, as the token names them. */
  readonly actor: string;
  readonly reason: string;
  /** `run` asks for the normal mode, or for at least `minKw`. */
  readonly action: "curtail" | "run";
  /** How far a `curtail` goes; off when absent. A level or an amount is of one cohort or of the whole site. */
  readonly demand?: Demand;
  readonly minKw?: number;
  /** A `run` with `minKw` gives way to an expected price above it. */
  readonly breakAtUsdPerMwh?: number;
  /** All cohorts when absent. */
  readonly cohortIds?: readonly CohortId[];
  readonly from: Instant;
  readonly until: Instant;
}

/** An order that is placed. */
export interface OrderInput extends Told {
  readonly kind: "order";
  readonly order: OperatorOrder;
}

/** An order that is released before its end, or the grid level, by its own name. */
export interface ReleaseInput extends Told {
  readonly kind: "release";
  readonly orderId: string;
  readonly actor: string;
  readonly reason: string;
}

/** Orders in force or to come, in the order they were accepted. */
export interface KnownOrders {
  readonly orders: readonly OperatorOrder[];
  /** Released lately: a repeated message does not bring them back. */
  readonly closedOrders: readonly string[];
}

/** Orders as a decision sees them. */
export type FrozenOrders = Pick<KnownOrders, "orders">;

/** What operators order and release. */
export const orders: SiteFact<OrderInput | ReleaseInput, KnownOrders, KnownOrders, FrozenOrders> = {
  kind: "order",
  scope: "site",
  called: "operator orders",
  isAsked: true,
  messages: {
    order: {
      order: object({
        from: instant,
        cohortIds: optional(cohortIds),
        orderId: name,
        actor: name,
        reason: text,
        action: oneOf(["curtail", "run"]),
        demand: optional(demand),
        minKw: optional(kw),
        breakAtUsdPerMwh: optional(usd),
        until: instant,
      }),
    },
    release: { orderId: name, actor: name, reason: text },
  },
  none: { orders: [], closedOrders: [] },
  problem: (input) => (input.kind === "order" ? kwScopeProblem(input.order) : undefined),
  absorb: (known, input, about) => (input.kind === "order" ? placed(known, input, about) : released(known, input)),
  freeze: (known, { asOf }) => ({ orders: standing(known, asOf) }),
  after: (known, asOf) => ({ orders: standing(known, asOf) }),
  /** Closed are those that a record had in force and the newest has not, though their end has not come. */
  recovered(records, { asOf }) {
    const open = records.at(-1)?.orders ?? [];
    const seen = records.flatMap((record) => record.orders).filter(({ until }) => until > asOf);
    const gone = seen.map(({ orderId }) => orderId).filter((id) => !open.some(({ orderId }) => orderId === id));
    return { orders: open, closedOrders: closed([], ...gone) };
  },
};

function placed(known: KnownOrders, { order, at }: OrderInput, { loadKw }: About): Absorbed<KnownOrders> {
  const { orders: open, closedOrders } = known;
  const isKnown = open.some(({ orderId }) => orderId === order.orderId) || closedOrders.includes(order.orderId);
  if (isKnown || order.until <= at) return { patch: {}, relevant: false };
  return { patch: { orders: [...open, countedFrom(order, () => loadKw(order.cohortIds))] }, relevant: true };
}

function released(known: KnownOrders, { orderId }: ReleaseInput): Absorbed<KnownOrders> {
  if (orderId === GRID_LEVEL_ID) return { patch: {}, relevant: false };
  const rest = known.orders.filter((one) => one.orderId !== orderId);
  return {
    patch: { orders: rest, closedOrders: closed(known.closedOrders, orderId) },
    relevant: rest.length < known.orders.length,
  };
}

function standing(known: KnownOrders, asOf: Instant): readonly OperatorOrder[] {
  return known.orders.filter(({ until }) => until > asOf);
}

/** Orders in force and those that wait to be taken up. */
export function ordersOnceTaken(known: readonly OperatorOrder[], waiting: readonly Told[]): readonly OperatorOrder[] {
  return [...known, ...waiting.filter((one): one is OrderInput => one.kind === "order").map(({ order }) => order)];
}
