/** Products as instructions name them, in capitals without marks, and how soon the load must have moved, s. */
const SECONDS_BY_PRODUCT: Readonly<Record<string, number>> = {
  // A relay acts within cycles; that the meter shows it is asked for within three looks.
  RRSFFR: 30,
  FFR: 30,
  RRSUFR: 30,
  UFR: 30,
  RELAY: 30,
  BASEPOINT: 300,
  BP: 300,
  SCED: 300,
  RRS: 600,
  ECRS: 600,
  ERS10: 600,
  ERS: 600,
  NSPIN: 1800,
  NONSPIN: 1800,
  NSRS: 1800,
  NSPNM: 1800,
  ERS30: 1800,
  TDSPLOADMANAGEMENT: 1800,
};

/**
 * How soon after its effective moment an instruction's megawatts must show on the meter, s, by its product; undefined
 * for one that names none of these. Relay and fast frequency response: seconds. Base points: 5 minutes. RRS by
 * instruction, ECRS and ERS-10: 10 minutes. Non-Spin and ERS-30: 30 minutes from the instruction (ERCOT Nodal
 * Protocols, 16 TAC 25.507 and the ERS technical requirements); CenterPoint's load management: 30 minutes of notice.
 * Weather-sensitive kinds of ERS are named as the others, with WS or NWS behind.
 */
export function responseSeconds(product: string | undefined): number | undefined {
  const named = product?.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return named === undefined ? undefined : SECONDS_BY_PRODUCT[named.replace(/^(ERS(?:10|30))N?WS$/, "$1")];
}
