import { SaxesParser } from "saxes";

/** An XML that is not read: what is wrong with it. */
export class XmlError extends Error {
  override name = "XmlError";
}

/** An element by its local name, with the text directly in it. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** Deeper than any message of ERCOT, and more elements than a day of awards has. */
const DEPTH_MAX = 16;
const ELEMENTS_MAX = 20_000;
const ATTRIBUTES_MAX = 32;

interface Open {
  name: string;
  namespace: string;
  children: XmlElement[];
  text: string;
}

/**
 * The root of a well-formed XML document, namespaces resolved. Attributes are not kept. @throws XmlError for what is
 * not well-formed, has a document type, an entity of its own or a processing instruction, or is too deep or too large
 */
export function xmlTree(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: Open[] = [];
  const roots: XmlElement[] = [];
  let elements = 0;
  const refuse = (why: string): never => {
    throw new XmlError(why);
  };
  parser.on("error", (error) => refuse(error.message));
  parser.on("doctype", () => refuse("it has a document type"));
  parser.on("processinginstruction", () => refuse("it has a processing instruction"));
  parser.on("opentag", ({ local, uri, attributes }) => {
    elements += 1;
    if (elements > ELEMENTS_MAX) refuse(`it has more than ${ELEMENTS_MAX} elements`);
    if (open.length >= DEPTH_MAX) refuse(`it is nested deeper than ${DEPTH_MAX} elements`);
    if (Object.keys(attributes).length > ATTRIBUTES_MAX)
      refuse(`an element has more than ${ATTRIBUTES_MAX} attributes`);
    open.push({ name: local, namespace: uri, children: [], text: "" });
  });
  const add = (part: string): void => {
    const top = open.at(-1);
    if (top !== undefined) top.text += part;
  };
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", () => {
    const element = open.pop();
    if (element === undefined) return;
    const above = open.at(-1);
    (above === undefined ? roots : above.children).push({ ...element, text: element.text.trim() });
  });
  parser.write(text).close();
  const [root] = roots;
  return root ?? refuse("it has no element");
}

/** The child of a name; undefined where there is none. @throws XmlError where there are several: which one holds? */
export function only(element: XmlElement, name: string): XmlElement | undefined {
  const found = element.children.filter((child) => child.name === name);
  if (found.length > 1) throw new XmlError(`${element.name} has ${found.length} elements ${name}`);
  return found[0];
}

/** Text of the child of a name; undefined where there is none or it is empty. @throws XmlError as `only` */
export function textOf(element: XmlElement, name: string): string | undefined {
  return only(element, name)?.text || undefined;
}
