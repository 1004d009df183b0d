// One request, tried: what the library says of it, and what this browser did.

import { TARGETS, canSend, originOf } from "./places.js";
import { senderOf } from "./senders.js";
import { get, post } from "./server.js";

// A case, or a request of one's own, as the server and `fetch` know it.
export function attemptOf({ from, to, path, first, method, headers, body, credentials, mode }) {
  const base = TARGETS[to];
  return {
    from: originOf(from),
    url: base + path,
    first: first ? base + first : null,
    method,
    headers,
    body,
    credentials,
    mode,
  };
}

// The model that stands for this browser.
function modelOf({ models }) {
  const agent = navigator.userAgent;
  const name = /Firefox\//.test(agent)
    ? "Firefox"
    : /Chrome\//.test(agent)
      ? "Chromium"
      : /AppleWebKit\//.test(agent)
        ? "WebKit"
        : "Standard";
  return models.find((model) => model.name === name);
}

// What only a connection has is not compared.
const UNTOLD = ["content-length", "date"];

function agree(model, happened) {
  const told = ({ headers }) => {
    const names = Object.keys(headers).filter((name) => !UNTOLD.includes(name));
    return JSON.stringify(names.sort().map((name) => [name, headers[name]]));
  };
  const isSame = (field) => (model[field] ?? null) === (happened[field] ?? null);
  return ["outcome", "status", "body"].every(isSame) && told(model) === told(happened);
}

// By its key the server tells a try from what the page itself asks. In a fragment it would not be sent.
function withKey(url, key) {
  const [sent] = url.split("#");
  return `${sent}${sent.includes("?") ? "&" : "?"}try=${key}`;
}

// `happened` and `exchanges` are missing where this page cannot have the origin.
export async function tryOut(attempt) {
  const told = await post("try", attempt);
  const model = modelOf(told);
  if (!canSend(attempt.from)) {
    return { attempt, told, model };
  }
  // Browsers remember preflights by URL: a new one each time asks the policy that is in force now.
  const key = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const { from, ...request } = attempt;
  const happened = await senderOf(from).send({
    ...request,
    url: withKey(request.url, key),
    first: request.first && withKey(request.first, key),
  });
  const exchanges = await get(`record/${key}`);
  return { attempt, told, model, happened, exchanges, agrees: agree(model, happened) };
}
