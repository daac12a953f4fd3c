import { covers, overlap } from "../domain/units/effectiveDates.ts";
import type { EffectiveDates } from "../domain/units/effectiveDates.ts";
import { duplicates, finding, warning } from "./finding.ts";
import type { Finding, Path, SiteCheck } from "./finding.ts";
import type { ClientConfig, ContractConfig, SiteFile } from "./schema/config.ts";
import { CREDIT_FRAGMENTS, ENERGY_FRAGMENTS, resale } from "./schema/terms.ts";

/**
 * What settlement would refuse: contract versions of a client that overlap, leave days out or run backward, a client of
 * today without machines, more block sold to clients than was bought on any day, a block without resale, and a resale
 * of a block that the contract does not have.
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
    ...file.clients.flatMap((client, index) => [
      ...gapFindings(client, index),
      ...machinesFindings(file, client, index),
    ]),
    ...all.flatMap(({ contract, path }) => [...blockFindings(file, contract, path), ...resaleFindings(contract, path)]),
    ...file.supply.blocks.flatMap(({ resale }, i) =>
      resale
        ? []
        : [
            finding(
              ["supply", "blocks", i, "resale"],
              "is false: a block without resale cannot be settled",
              "true: what is not used is sold at the settlement price",
            ),
          ],
    ),
  ];
}

/** Days between two versions on which the client would have no contract. */
function gapFindings({ contracts }: ClientConfig, index: number): Finding[] {
  return contracts.flatMap(({ effectiveTo }, position) => {
    const end = effectiveTo;
    if (end === undefined || contracts.some((other) => covers(other, end))) return [];
    const next = contracts
      .map(({ effectiveFrom }) => effectiveFrom)
      .filter((day) => day > end)
      .toSorted()[0];
    if (next === undefined) return [];
    return [
      finding(
        ["clients", index, "contracts", position, "effectiveTo"],
        `is ${end}, and the next version begins on ${next}: nothing is in force between them`,
        `${next}, or a version for those days`,
      ),
    ];
  });
}

/** A client whose contract stays open is one of today; one that left may stay in the file without machines. */
function machinesFindings(
  { clients, cohorts }: SiteFile,
  { clientId, contracts }: ClientConfig,
  index: number,
): Finding[] {
  const isOpen = contracts.some(({ effectiveTo }) => effectiveTo === undefined);
  if (!isOpen || cohorts.some((cohort) => cohort.clientId === clientId)) return [];
  // A cohort under a misspelt name is found as that.
  if (cohorts.some((cohort) => clients.every((client) => client.clientId !== cohort.clientId))) return [];
  const message = `client "${clientId}" has an open contract and no machines`;
  const expected = `a cohort with this clientId, or effectiveTo on its last contract`;
  return [finding(["clients", index, "clientId"], message, expected)];
}

function resaleFindings({ energy, credit }: ContractConfig, path: Path): Finding[] {
  const resells = CREDIT_FRAGMENTS.filter((fragment) => resale.has(fragment)).map(({ shape }) => shape.kind.value);
  if (resells.every((kind) => kind !== credit.kind) || "blockKw" in energy) return [];
  const message = `is ${credit.kind} beside energy ${energy.kind}, which has no block to resell`;
  const others = CREDIT_FRAGMENTS.filter((fragment) => !resale.has(fragment)).map(({ shape }) => shape.kind.value);
  const withBlock = ENERGY_FRAGMENTS.filter(({ shape }) => "blockKw" in shape).map(({ shape }) => shape.kind.value);
  return [finding([...path, "credit", "kind"], message, `${others.join(" or ")}, or energy ${withBlock.join(" or ")}`)];
}

/** Clients with machines whose contract has ended, or has not begun, on a day: their energy could not be billed. */
export function contractsOn(day: string): SiteCheck {
  return ({ clients, cohorts }) =>
    clients.flatMap(({ clientId, contracts }, index) =>
      contracts.some((contract) => covers(contract, day)) || !cohorts.some((cohort) => cohort.clientId === clientId)
        ? []
        : [
            warning(
              ["clients", index, "contracts"],
              `client "${clientId}" has machines and no contract in force on ${day}: that day could not be billed`,
              "a version that covers the day",
            ),
          ],
    );
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

/** The first day of a contract on which clients hold more block than there is: both sides change by days. */
function blockFindings({ clients, supply }: SiteFile, contract: ContractConfig, path: Path): Finding[] {
  if (!("blockKw" in contract.energy) || contract.energy.blockKw === 0) return [];
  const contracts = clients.flatMap((client) => client.contracts);
  const days = [...contracts, ...supply.blocks].flatMap(({ effectiveFrom, effectiveTo }) => [
    effectiveFrom,
    effectiveTo,
  ]);
  for (const day of [...new Set(days)].filter((one) => one !== undefined).toSorted()) {
    if (!covers(contract, day)) continue;
    const inForce = (dated: EffectiveDates): boolean => covers(dated, day);
    const slices = contracts
      .filter(inForce)
      .map((one) => one.energy)
      .filter((energy) => "blockKw" in energy);
    const soldKw = slices.reduce((sum, energy) => sum + energy.blockKw, 0);
    const boughtKw = supply.blocks.filter(inForce).reduce((sum, block) => sum + block.quantityKw, 0);
    if (soldKw <= boughtKw) continue;
    const message = `clients hold ${soldKw} kW of block on ${day}, the supply has ${boughtKw} kW`;
    return [finding([...path, "energy", "blockKw"], message, "no more than the supply's blocks in force on each day")];
  }
  return [];
}
