/** Which addresses are the vendor's own. Everything else is a server of one's own: a simulated market, a replay, a relay. */
const VENDOR_HOSTS = /(^|\.)(massive\.com|polygon\.io)$/;

export function isVendorHost(url: string): boolean {
  return URL.canParse(url) && VENDOR_HOSTS.test(new URL(url).hostname);
}
