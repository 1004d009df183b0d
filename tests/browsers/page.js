// Runs fetches, many at once, and tells of each what script got.
"use strict";

// How many milliseconds a fetch may take.
const PATIENCE = 20_000;

// One after the other.
async function attempt(fetches) {
  const results = [];
  for (const { url, init, body } of fetches) {
    try {
      // Bytes, unlike a string, bring no content type.
      const bytes = body === null ? undefined : new TextEncoder().encode(body);
      const signal = AbortSignal.timeout(PATIENCE);
      const response = await fetch(url, { ...init, body: bytes, signal });
      const text = await response.text();
      const headers = [...response.headers];
      results.push({ status: response.status, type: response.type, headers, body: text });
    } catch (error) {
      results.push({ error: String(error) });
    }
  }
  return results;
}

// So many scenarios run at once. Firefox keeps the results of 100 preflights, and between two fetches
// of one scenario there must not be as many others.
const AT_ONCE = 4;

async function attemptAll(text) {
  const scenarios = JSON.parse(text);
  const results = [];
  const remaining = scenarios.keys();
  const attemptSome = async () => {
    for (const index of remaining) {
      results[index] = await attempt(scenarios[index]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, attemptSome));
  return JSON.stringify(results);
}
