import { contractFileSchema, ingressSchema, schemaFileText } from "../../config/index.ts";
import { bookFileSchema, siteFileSchema } from "./registries.ts";

/** The files in `config/` by which editors complete and check a site, a book's head and a contract. */
export function schemaFiles(): readonly { readonly name: string; readonly text: string }[] {
  return [
    { name: "schema.json", text: schemaFileText(siteFileSchema) },
    { name: "book.schema.json", text: schemaFileText(bookFileSchema, "Ballast book of sites") },
    { name: "ingress.schema.json", text: schemaFileText(ingressSchema, "Ballast doors for instructions") },
    { name: "contract.schema.json", text: schemaFileText(contractFileSchema, "Ballast contract of a client") },
  ];
}
