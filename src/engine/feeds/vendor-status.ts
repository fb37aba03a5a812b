/** A status message of the vendor, as it came. */
export interface VendorStatus {
  readonly status: string;
  readonly message: string;
}
