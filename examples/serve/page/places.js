// Who can ask here, and who can be asked: names that stand in cases and in links, and what they are on this machine.

import { get } from "./server.js";

export const bench = await get("workbench.json");

const url = new URL(location.href);
const sameHost = (origin) => new URL(origin).hostname === url.hostname;
const samePort = (origin) => new URL(origin).port === url.port;

const own = location.origin;
const [anyApi] = bench.apis;

// Origins by the name of the sender.
export const SENDERS = {
  page: own,
  "other-name": bench.pages.find((origin) => samePort(origin) && !sameHost(origin)) ?? own,
  "other-port": bench.pages.find((origin) => sameHost(origin) && !samePort(origin)) ?? own,
  "sandboxed-frame": "null",
};

// Origins by the name of the target.
export const TARGETS = {
  api: bench.apis.find((origin) => !sameHost(origin)) ?? anyApi,
  "api-of-same-site": bench.apis.find(sameHost) ?? anyApi,
  "own-origin": own,
};

export const isSender = (name) => Object.hasOwn(SENDERS, name);

// Of a sender, or of an origin itself.
export const originOf = (from) => (isSender(from) ? SENDERS[from] : from);

// Whether the page has a frame of that origin.
export const canSend = (origin) => Object.values(SENDERS).includes(origin);
