// What the page asks its own server: JSON.

export class Refused extends Error {
  constructor(value) {
    super(value.error ?? "the server refuses");
    this.value = value;
  }
}

async function answer(response) {
  const text = await response.text();
  if (response.ok) {
    return JSON.parse(text);
  }
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  throw new Refused(isJson ? JSON.parse(text) : { error: text });
}

export const get = async (path) => answer(await fetch(path));

export const post = async (path, value) =>
  answer(
    await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(value),
    }),
  );
