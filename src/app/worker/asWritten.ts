/**
 * A part of a configuration as the domain's own type has it, unchanged. The domain's type is the one text: the compiler
 * refuses a shape of the file that lacks one of its keys, has another there or in a group, or has one of another type.
 */
export function asWritten<Plan>() {
  return <File extends Plan>(written: File & Nothing<OneSided<Plan, File> | Widened<Plan, File>>): Plan => written;
}

/** Keys that only one of two has, optional ones too. */
type OneSided<A, B> = Exclude<keyof A, keyof B> | Exclude<keyof B, keyof A>;

/** Keys of groups in which the file has a key that the plan does not know. */
type Widened<Plan, File> = {
  [Key in keyof File & keyof Plan]: NonNullable<File[Key]> extends object
    ? Exclude<keyof NonNullable<File[Key]>, keyof NonNullable<Plan[Key]>> extends never
      ? never
      : Key
    : never;
}[keyof File & keyof Plan];

type Nothing<Keys extends PropertyKey> = { readonly [Key in Keys]: never };
