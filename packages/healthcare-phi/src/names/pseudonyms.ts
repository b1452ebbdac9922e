/** What stands for an identifier where it must not be read: of 128 bits, and worth nothing without the secret. */
export interface Pseudonyms {
  /**
   * @param kind of the value, such as `patient`: patient 7 and doctor 7 have nothing in common
   * @param tenant whose value it is; empty for what has none
   * @param isRemembered false: it is reckoned anew each time, and the value is not kept in memory for it
   */
  pseudonym(kind: string, tenant: string, value: string, isRemembered?: boolean): string;
  /** The same by each secret that is known: the present one first. */
  pseudonyms(kind: string, tenant: string, value: string): readonly string[];
}
