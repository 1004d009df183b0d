// Runs fetches, many at once, and tells of each what script got.
"use strict";

async function attempt({ url, init, body, times }) {
  const results = [];
  for (let time = 0; time < times; time += 1) {
    try {
      // Bytes, unlike a string, bring no content type.
      const bytes = body === null ? undefined : new TextEncoder().encode(body);
      const response = await fetch(url, { ...init, body: bytes });
      const text = await response.text();
      const headers = [...response.headers.keys()];
      results.push({ status: response.status, type: response.type, headers, body: text });
    } catch (error) {
      results.push({ error: String(error) });
    }
  }
  return results;
}

// So many scenarios run at once. Firefox keeps the results of 100 preflights, and between two fetches
// of one scenario there must not be as many others.
const AT_ONCE = 32;

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
