/**
 * Return a new UUID (version 4). `crypto.randomUUID` exists in secure contexts only, `getRandomValues` everywhere, so
 * that an editor opened over plain HTTP in a local network works as well.
 *
 * @returns {string}
 */
export function newId() {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return formatUuid(crypto.getRandomValues(new Uint8Array(16)));
}

/**
 * Return sixteen random bytes as a UUID of version 4 (RFC 9562, section 5.4).
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function formatUuid(bytes) {
  const versioned = Uint8Array.from(bytes);
  versioned[6] = (versioned[6] & 0x0f) | 0x40;
  versioned[8] = (versioned[8] & 0x3f) | 0x80;
  const hex = Array.from(versioned, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
