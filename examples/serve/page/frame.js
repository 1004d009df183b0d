// In a frame, whose origin is the one that asks: fetches what the page above it wants, and answers with what script
// gets. The page holds one such frame for each origin; a sandboxed one has the origin `null`.
"use strict";

async function attempt({ first, url, body, ...init }) {
  if (first) {
    const { mode, credentials } = init;
    // Whether it may be read makes no difference to what it sets.
    await fetch(first, { mode, credentials }).catch(() => {});
  }
  try {
    // As bytes: a text would get a `Content-Type` of its own.
    const bytes = body === null ? undefined : new TextEncoder().encode(body);
    const response = await fetch(url, { ...init, body: bytes, cache: "no-store" });
    if (response.type === "opaque") {
      return { outcome: "opaque", headers: {} };
    }
    const headers = Object.fromEntries(response.headers);
    return { outcome: "readable", status: response.status, headers, body: await response.text() };
  } catch (error) {
    return { outcome: "blocked", headers: {}, error: String(error) };
  }
}

addEventListener("message", async ({ source, data, ports: [answer] }) => {
  if (source === parent && answer) {
    answer.postMessage(await attempt(data));
  }
});
parent.postMessage("ready", "*");
