import { covers, overlap } from "../domain/units/effectiveDates.ts";
import type { EffectiveDates } from "../domain/units/effectiveDates.ts";
import { duplicates, finding } from "./finding.ts";
import type { Finding, Path } from "./finding.ts";
import type { ClientConfig, ContractConfig, SiteFile } from "./schema/config.ts";

/**
 * Contract versions of a client in force one at a time, dates in order, and no more block sold to clients than was
 * bought.
 */
export function contractFindings(file: SiteFile): Finding[] {
  const all = file.clients.flatMap((client, c) =>
    client.contracts.map((contract, v) => {
      const path: Path = ["clients", c, "contracts", v];
      return { contract, client, path };
    }),
  );
  const owner = (contractId: string): ClientConfig | undefined =>
    all.find((one) => one.contract.contractId === contractId)?.client;
  return [
    ...file.clients.flatMap((client, index) => datesFindings(client, index)),
    ...duplicates(
      all.map(({ contract, path }) => ({
        id: `${contract.contractId} version ${contract.version}`,
        path: [...path, "version"],
      })),
      "contract",
    ),
    ...all.flatMap(({ contract: { contractId }, client, path }) =>
      owner(contractId) === client
        ? []
        : [
            finding(
              [...path, "contractId"],
              `contract "${contractId}" already belongs to client "${owner(contractId)?.clientId}"`,
              "a contract of one client",
            ),
          ],
    ),
    ...all.flatMap(({ contract, path }) => blockFindings(file, contract, path)),
  ];
}

function datesFindings(client: ClientConfig, index: number): Finding[] {
  return client.contracts.flatMap((contract, position) => {
    const path = ["clients", index, "contracts", position, "effectiveFrom"];
    const { effectiveFrom, effectiveTo } = contract;
    if (effectiveTo !== undefined && effectiveTo <= effectiveFrom) {
      return [
        finding(
          path,
          `is ${effectiveFrom}, not before effectiveTo ${effectiveTo}`,
          "effectiveTo to be the first day no longer covered",
        ),
      ];
    }
    const clash = client.contracts.slice(0, position).find((other) => overlap(contract, other));
    if (clash === undefined) return [];
    return [
      finding(
        path,
        `is ${effectiveFrom}, when version ${clash.version} is still in force`,
        "one version of a client's contract in force on a day",
      ),
    ];
  });
}

function blockFindings({ clients, supply }: SiteFile, contract: ContractConfig, path: Path): Finding[] {
  if (contract.energy.kind !== "pass-through") return [];
  const day = contract.effectiveFrom;
  const inForce = (dated: EffectiveDates): boolean => covers(dated, day);
  const slices = clients
    .flatMap((client) => client.contracts)
    .filter(inForce)
    .map((one) => one.energy)
    .filter((energy) => energy.kind === "pass-through");
  const soldKw = slices.reduce((sum, energy) => sum + energy.blockKw, 0);
  const boughtKw = supply.blocks.filter(inForce).reduce((sum, block) => sum + block.quantityKw, 0);
  if (soldKw <= boughtKw) return [];
  const message = `clients hold ${soldKw} kW of block on ${day}, the supply has ${boughtKw} kW`;
  return [finding([...path, "energy", "blockKw"], message, "no more than the supply's blocks in force that day")];
}
