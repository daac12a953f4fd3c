import { only, textOf, type XmlElement, XmlError, xmlTree } from "./xmlTree.ts";

/** Namespaces of ERCOT's payloads and messages (ercot/api-specs, ews/*.xsd); fragments may have none. */
const ERCOT = new Set([
  "",
  "http://www.ercot.com/schema/2007-06/nodal/ews",
  "http://www.ercot.com/schema/2007-06/nodal/ews/message",
]);
/** ERCOT's `Event` lets other namespaces stand at its end (`xs:any ##other`): there a QSE says what is deployed. */
const DEPLOYMENT = "urn:ballast:deployment:1";
/** What a deployment may say: a slip must not move more load, or for longer, than was meant. */
const MEMBERS = [
  "resource",
  "site",
  "product",
  "revision",
  "targetMw",
  "reduceMw",
  "off",
  "cohort",
  "effective",
  "deadline",
  "until",
  "restoreNotBefore",
];
/** Verbs of a message that brings a deployment. */
const INSTRUCTING = ["created", "changed"];
const RECALLING = "canceled";

/** What an EWS body brings, its members by the names of the JSON bodies and not judged yet. */
export type EwsMessage =
  | { readonly kind: "instruction"; readonly body: Readonly<Record<string, unknown>>; readonly resource?: string }
  | { readonly kind: "awards"; readonly body: { readonly AwardedAS: readonly unknown[] } }
  | { readonly kind: "notice"; readonly id: string; readonly summary: string };

/**
 * What an EWS notification says, without the SOAP envelope: a `ResponseMessage` with its payload, or the payload alone
 * (`Event`, `AwardSet`, `AwardedAS`). An `Event` with a `deployment` is an instruction, or with the verb `canceled` its
 * recall; in a message with another verb, or none, it is neither. An `Event` without a deployment is a notice, whose
 * text nobody interprets. @throws XmlError for everything else
 */
export function ewsMessage(text: string): EwsMessage {
  const root = xmlTree(text);
  if (root.name === "Envelope") throw new XmlError("it has a SOAP envelope; its body alone is read");
  mustBeErcots(root);
  if (root.name !== "ResponseMessage") return ofPayload(root, "created");
  const header = only(root, "Header");
  const payload = only(root, "Payload");
  const said = payload?.children.filter(({ name }) => name !== "format") ?? [];
  const [one] = said;
  if (one === undefined || said.length > 1) throw new XmlError(`its Payload has ${said.length} parts; one is read`);
  mustBeErcots(one);
  return ofPayload(one, (header && textOf(header, "Verb")) ?? "");
}

function mustBeErcots({ name, namespace }: XmlElement): void {
  if (!ERCOT.has(namespace)) throw new XmlError(`${name} is of the namespace ${namespace}, not ERCOT's`);
}

function ofPayload(element: XmlElement, verb: string): EwsMessage {
  switch (element.name) {
    case "Event":
      return ofEvent(element, verb);
    case "AwardedAS":
      return { kind: "awards", body: { AwardedAS: awardsOf(element, undefined) } };
    case "AwardSet": {
      const market = textOf(element, "marketType");
      const awards = element.children.filter(({ name }) => name === "AwardedAS");
      return { kind: "awards", body: { AwardedAS: awards.flatMap((one) => awardsOf(one, market)) } };
    }
    default:
      throw new XmlError(`${element.name} is not read; an Event, an AwardSet or an AwardedAS is`);
  }
}

function ofEvent({ children, ...element }: XmlElement, verb: string): EwsMessage {
  const event = { ...element, children: children.filter(({ namespace }) => ERCOT.has(namespace)) };
  const deployments = children.filter(({ namespace }) => namespace === DEPLOYMENT);
  const [deployment] = deployments;
  const id = textOf(event, "ID");
  const stranger = children.find(({ name, namespace }) => name === "deployment" && namespace !== DEPLOYMENT);
  if (stranger !== undefined)
    throw new XmlError(`its deployment is of the namespace "${stranger.namespace}"; that of ${DEPLOYMENT} is read`);
  if (deployment === undefined) return { kind: "notice", id: id ?? "", summary: textOf(event, "summary") ?? "" };
  if (deployment.name !== "deployment" || deployments.length > 1)
    throw new XmlError(`its Event has ${deployments.length} elements of ${DEPLOYMENT}; one, deployment, is read`);
  if (verb !== RECALLING && !INSTRUCTING.includes(verb))
    throw new XmlError(`its verb is "${verb}"; with a deployment, ${INSTRUCTING.join(", ")} or ${RECALLING} is read`);
  mustBeKnown(deployment);
  const text = (name: string): string | undefined => textOf(deployment, name);
  const about = { id, site: text("site"), issued: textOf(event, "issued"), revision: numberOf(text("revision")) };
  const resource = text("resource");
  const named = resource === undefined ? {} : { resource };
  if (verb === RECALLING) return { kind: "instruction", body: present({ type: "recall", ...about }), ...named };
  const cohorts = deployment.children.filter(({ name }) => name === "cohort").map((cohort) => cohort.text);
  const off = text("off");
  return {
    kind: "instruction",
    body: present({
      type: "instruction",
      ...about,
      product: text("product"),
      targetMw: numberOf(text("targetMw")),
      reduceMw: numberOf(text("reduceMw")),
      off: off === "true" ? true : off,
      cohorts: cohorts.length === 0 ? undefined : cohorts,
      effective: text("effective"),
      deadline: text("deadline"),
      until: text("until") ?? textOf(event, "expiration"),
      restoreNotBefore: text("restoreNotBefore"),
    }),
    ...named,
  };
}

/** Each member is one that is read, without attributes: nothing that a sender means is passed over. */
function mustBeKnown({ children, attributes }: XmlElement): void {
  const [odd] = attributes;
  if (odd !== undefined) throw new XmlError(`deployment has the attribute ${odd}`);
  for (const { name, namespace, attributes: own, children: within } of children) {
    if (namespace !== DEPLOYMENT || !MEMBERS.includes(name))
      throw new XmlError(`deployment has the element ${name} of "${namespace}"; read are ${MEMBERS.join(", ")}`);
    if (own.length > 0) throw new XmlError(`${name} has the attribute ${own[0]}; powers are megawatts`);
    if (within.length > 0) throw new XmlError(`${name} has elements in its text`);
  }
}

/** One for each span of an `AwardedAS`: MW as text, or the sum of what its blocks award (`xvalue`). */
function awardsOf(award: XmlElement, marketOfSet: string | undefined): unknown[] {
  const spans = award.children.filter(({ name }) => name === "awardedMW");
  if (spans.length === 0) throw new XmlError("AwardedAS has no awardedMW");
  return spans.map((span) =>
    present({
      qse: textOf(award, "qse"),
      resource: textOf(award, "resource"),
      asType: textOf(award, "asType"),
      awardedMW: span.children.length === 0 ? numberOf(span.text) : megawattsOf(span),
      startTime: textOf(span, "startTime") ?? textOf(award, "startTime"),
      endTime: textOf(span, "endTime") ?? textOf(award, "endTime"),
      tradingDate: textOf(award, "tradingDate"),
      marketType: textOf(award, "marketType") ?? marketOfSet,
    }),
  );
}

function megawattsOf(span: XmlElement): unknown {
  const blocks = span.children.flatMap((block) => {
    const awarded = textOf(block, "xvalue");
    return awarded === undefined ? [] : [numberOf(awarded)];
  });
  const odd = blocks.find((one) => typeof one !== "number");
  if (blocks.length === 0 || odd !== undefined) return odd;
  const tenths = blocks.reduce<number>((sum, one) => sum + Math.round((one as number) * 1_000_000), 0);
  return tenths / 1_000_000;
}

/** A plain decimal as a number; anything else as it is, for the shape to refuse. */
function numberOf(text: string | undefined): unknown {
  return text !== undefined && /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : text;
}

function present(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
