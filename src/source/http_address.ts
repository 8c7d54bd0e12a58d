/**
 * What a URL says beside where to ask: credentials, and a name that holds none.
 *
 * @module
 */

/** A URL, taken apart. */
export interface Address {
  /** Without credentials. */
  readonly url: URL;
  /** What the credentials become. */
  readonly headers: Readonly<Record<string, string>>;
  /** What may be told of it. */
  readonly name: string;
}

/** What `given` says. @throws {TypeError} When it is no URL of `https:` or `http:`. */
export function addressOf(given: string | URL): Address {
  // Its text may hold credentials.
  if (!URL.canParse(String(given))) {
    throw new TypeError("Cannot use the URL: it is not well-formed");
  }
  const url = new URL(String(given));
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new TypeError(`Cannot use a URL of ${url.protocol}//, it must be https:// or http://`);
  }
  const headers = credentialsOf(url);
  url.username = "";
  url.password = "";
  url.hash = "";
  return { url, headers, name: nameOf(url) };
}

/** The URL with the keys of its query, but not their values: those may be tokens. */
export function nameOf({ origin, pathname, searchParams }: URL): string {
  const keys = [...new Set(searchParams.keys())].map((key) => `${key}=…`);
  return origin + pathname + (keys.length === 0 ? "" : `?${keys.join("&")}`);
}

function credentialsOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "" && password === "") return {};
  const text = [username, password].map(decoded).join(":");
  const bytes = new TextEncoder().encode(text);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const rule = "a % in its user name or password must be written %25";
    throw new TypeError(`Cannot use the URL: ${rule}`);
  }
}
