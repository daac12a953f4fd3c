import { z } from "zod";
import { id, text } from "./common.ts";

const file = (what: string) => text(`${what}; a file, relative to this one`);

const listen = z.strictObject({
  host: text("Address at which it listens; 127.0.0.1 behind a proxy").default("127.0.0.1"),
  port: z.int().min(0).max(65_535).meta({ description: "Port; 0 for any that is free" }),
  tls: z
    .strictObject({
      certificate: file("Certificate of this server, PEM"),
      key: file("Its private key, PEM, its owner's alone"),
      clientAuthority: file(
        "Certificates that may sign those of clients, PEM; clients show one where this is given",
      ).optional(),
    })
    .meta({ description: "Serve over TLS; without it, only for a proxy that does" })
    .optional(),
});

const issuer = z
  .strictObject({
    publicKeys: z
      .array(file("Ed25519 public key, PEM"))
      .min(1)
      .max(8)
      .meta({ description: "Keys with which it signs; two while one takes the other's place" })
      .optional(),
    clientCertificates: z
      .array(file("Certificate that it shows as a client, PEM"))
      .min(1)
      .max(8)
      .meta({ description: "Certificates by which it is known over TLS, in place of signing" })
      .optional(),
    products: z
      .array(id("A product, as it stands in its messages"))
      .min(1)
      .meta({ description: "What it may deploy; nothing where absent" })
      .optional(),
    mayStop: z
      .boolean()
      .meta({ description: "Whether it may stop machines for safety, at once; false where absent" })
      .optional(),
    mayStartAgain: z
      .boolean()
      .meta({ description: "Whether it may end a safety stop, whoever gave it; false where absent" })
      .optional(),
    sites: z.array(id("A site of the run")).min(1).meta({ description: "Sites that it may instruct, or stop" }),
    resources: z
      .record(z.string().min(1).max(100), id("The site that it is"))
      .meta({ description: "ERCOT's resource names in its messages, each with its site" })
      .optional(),
  })
  .meta({ description: "A QSE, a TDSP or ERCOT" });

/** The shape of the file that `ballast ingress` serves by. Unknown keys are refused. */
export const ingressSchema = z.strictObject({
  schema: z.literal("ballast.ingress/1").meta({ description: "Version of this file's shape" }),
  listen,
  stopKey: file(
    "Private key with which safety stops are signed in the name of their issuers, made by `ballast operator add " +
      "--vouches --roles stop`",
  ).optional(),
  issuers: z
    .record(id("Name of the issuer, as instructions carry it"), issuer)
    .refine((issuers) => Object.keys(issuers).length > 0, "at least one issuer")
    .meta({ description: "Who may instruct" }),
  folders: z
    .array(
      z.strictObject({
        path: text("Folder that is watched, relative to this file; its owner's alone to write"),
        issuer: id("In whose name its files are"),
      }),
    )
    .max(20)
    .meta({ description: "Folders into which an issuer's files are put: written under another name, then renamed" })
    .optional(),
});
export type IngressFile = z.infer<typeof ingressSchema>;
