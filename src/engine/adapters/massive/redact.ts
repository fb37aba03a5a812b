/** Keys must not reach a log, a notice or a file: every text from outside passes through here first. */

/** Replaces every occurrence of the key, plain or URL-encoded. Keys under four characters are not looked for. */
export function redact(text: string, key: string): string {
  if (key.length < 4) return text;
  const hidden = text.replaceAll(key, '<key>');
  const encoded = encodeURIComponent(key);
  return encoded === key ? hidden : hidden.replaceAll(encoded, '<key>');
}
