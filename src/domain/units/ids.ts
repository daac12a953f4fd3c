/**
 * Text that names one kind of thing. Text from outside is taken as it is; an id that is known as another kind's is
 * refused by the type, so no two can be handed over in the wrong order.
 */
type IdOf<Kind extends string> = string & { readonly idOf?: Kind };

export type SiteId = IdOf<"site">;
export type CohortId = IdOf<"cohort">;
export type ClientId = IdOf<"client">;
export type MachineId = IdOf<"machine">;
export type MeterId = IdOf<"meter">;
export type ContractId = IdOf<"contract">;
