import { duplicates } from "./duplicates.ts";
import type { Finding } from "./problem.ts";
import type { ClientConfig, ContractConfig, SiteFile } from "./schema/config.ts";

/** Contract versions of a client in force one at a time, dates in order, and no more block sold to clients than was bought. */
export function contractFindings(file: SiteFile): Finding[] {
  const all = file.clients.flatMap((client, c) => client.contracts.map((contract, v) => ({ contract, client, path: ["clients", c, "contracts", v] as (string | number)[] })));
  return [
    ...file.clients.flatMap((client, index) => overlapFindings(client, index)),
    ...duplicates(all.map(({ contract, path }) => ({ id: `${contract.contractId} version ${contract.version}`, path: [...path, "version"] })), "contract"),
    ...all.flatMap(({ contract, client, path }) => {
      const owner = all.find((other) => other.contract.contractId === contract.contractId)?.client;
      return owner === client ? [] : [{ path: [...path, "contractId"], message: `contract "${contract.contractId}" already belongs to client "${owner?.clientId}"`, expected: "a contract of one client" }];
    }),
    ...all.flatMap(({ contract, path }) => blockFindings(file, contract, path)),
  ];
}

function overlapFindings(client: ClientConfig, index: number): Finding[] {
  return client.contracts.flatMap((contract, position) => {
    const path = ["clients", index, "contracts", position, "effectiveFrom"];
    if (contract.effectiveTo !== undefined && contract.effectiveTo <= contract.effectiveFrom) {
      return [{ path, message: `is ${contract.effectiveFrom}, not before effectiveTo ${contract.effectiveTo}`, expected: "effectiveTo to be the first day no longer covered" }];
    }
    const clash = client.contracts.slice(0, position).find((other) => inForceTogether(contract, other));
    if (clash === undefined) return [];
    return [{ path, message: `is ${contract.effectiveFrom}, when version ${clash.version} is still in force`, expected: "one version of a client's contract in force on a day" }];
  });
}

function inForceTogether(one: ContractConfig, other: ContractConfig): boolean {
  return startsBeforeEnd(one, other) && startsBeforeEnd(other, one);
}

function startsBeforeEnd(one: { effectiveFrom: string }, other: { effectiveTo?: string | undefined }): boolean {
  return other.effectiveTo === undefined || one.effectiveFrom < other.effectiveTo;
}

function blockFindings({ clients, supply }: SiteFile, contract: ContractConfig, path: readonly (string | number)[]): Finding[] {
  const on = contract.effectiveFrom;
  const inForce = (dated: { effectiveFrom: string; effectiveTo?: string | undefined }): boolean => dated.effectiveFrom <= on && (dated.effectiveTo === undefined || on < dated.effectiveTo);
  if (contract.energy.kind !== "pass-through") return [];
  const soldKw = clients.flatMap((client) => client.contracts).filter(inForce).reduce((sum, one) => sum + (one.energy.kind === "pass-through" ? one.energy.blockKw : 0), 0);
  const boughtKw = supply.blocks.filter(inForce).reduce((sum, block) => sum + block.quantityKw, 0);
  if (soldKw <= boughtKw) return [];
  return [{ path: [...path, "energy", "blockKw"], message: `clients hold ${soldKw} kW of block on ${on}, the supply has ${boughtKw} kW`, expected: "no more than the supply's blocks in force that day" }];
}
