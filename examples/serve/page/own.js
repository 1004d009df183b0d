// A request of one’s own, and links to it: `#from=page&method=PUT&…`.

import { attemptOf, tryOut } from "./attempt.js";
import { element, fill, place } from "./dom.js";
import { SENDERS, TARGETS, isSender } from "./places.js";
import { tried } from "./tried.js";

const form = document.querySelector("form.own");
const { from, origin, to, method, path, credentials, mode, headers, body } = form.elements;

const SENDER_WORDS = {
  page: "This page",
  "other-name": "This page, another name",
  "other-port": "This page, another port",
  "sandboxed-frame": "A sandboxed frame",
};

const TARGET_WORDS = {
  api: "The API",
  "api-of-same-site": "The API, same site",
  "own-origin": "This page’s server",
};

const options = (words, origins) =>
  Object.keys(words).map((name) => element("option", { value: name }, `${words[name]}: ${origins[name]}`));

from.append(...options(SENDER_WORDS, SENDERS), element("option", { value: "any" }, "Any origin, for the models alone"));
to.append(...options(TARGET_WORDS, TARGETS));

// The link to a case, or to what the form says.
export function linkOf(request) {
  const query = new URLSearchParams({
    from: request.from,
    method: request.method,
    to: request.to,
    path: request.path,
    credentials: request.credentials,
    mode: request.mode,
  });
  request.headers.forEach(([name, value]) => query.append("header", `${name}: ${value}`));
  if (request.body) {
    query.set("body", request.body);
  }
  return `#${query}`;
}

// A line without a colon is a name without a value.
function headerOf(line) {
  const [name, ...value] = line.split(":");
  return [name.trim(), value.join(":").trim()];
}

function read() {
  const lines = headers.value.split("\n").filter((line) => line.trim());
  return {
    from: from.value === "any" ? origin.value.trim() : from.value,
    to: to.value,
    method: method.value.trim(),
    path: `/${path.value.trim().replace(/^\/+/, "")}`,
    credentials: credentials.value,
    mode: mode.value,
    headers: lines.map(headerOf),
    body: body.value || null,
  };
}

function write(query) {
  const sender = query.get("from");
  const isKnown = isSender(sender);
  from.value = isKnown ? sender : "any";
  origin.value = isKnown ? origin.value : sender;
  for (const [name, field] of Object.entries({ method, to, path, credentials, mode })) {
    field.value = query.get(name) ?? field.value;
  }
  headers.value = query.getAll("header").join("\n");
  body.value = query.get("body") ?? "";
  adapt();
}

// Shows what the choice needs, and where the link leads.
function adapt() {
  form.querySelector("[data-when=any]").hidden = from.value !== "any";
  place("link").href = linkOf(read());
  place("link").textContent = "Copy a link to this try";
}

async function run() {
  adapt();
  const shown = place("own");
  delete shown.dataset.outcome;
  shown.setAttribute("aria-busy", "true");
  try {
    const result = await tryOut(attemptOf(read()));
    const outcome = (result.happened ?? result.model).outcome;
    const words = {
      readable: "Readable: the script gets the answer.",
      blocked: "Blocked: the script gets an error that says nothing.",
      opaque: "Opaque: the script gets an answer that it cannot look into.",
      "no answer": "No answer came.",
    };
    fill("own", element("p", { class: "own-answer", "data-outcome": outcome }, words[outcome]), tried(result));
    Object.assign(shown.dataset, { outcome, agrees: result.agrees ?? "" });
  } catch (error) {
    fill("own", element("p", { class: "alarm" }, error.message));
  }
  shown.removeAttribute("aria-busy");
}

// Opens what the address bar says: a try, or a case. Anybody may have written a link, so it sends nothing.
export function openLink() {
  const fragment = location.hash.slice(1);
  if (fragment.startsWith("from=")) {
    write(new URLSearchParams(fragment));
    const shown = place("own");
    delete shown.dataset.outcome;
    delete shown.dataset.agrees;
    fill("own", element("p", { class: "own-link" }, "A link filled in this request. Nothing is sent until you press “Try it”."));
    document.getElementById("own").scrollIntoView();
  } else if (fragment) {
    const opened = document.getElementById(fragment);
    if (opened?.matches("details")) {
      opened.open = true;
      opened.scrollIntoView();
    }
  }
}

form.addEventListener("input", adapt);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.replaceState(null, "", linkOf(read()));
  run();
});
place("link").addEventListener("click", async (event) => {
  event.preventDefault();
  history.replaceState(null, "", linkOf(read()));
  await navigator.clipboard?.writeText(location.href).catch(() => {});
  place("link").textContent = "Copied; it is in the address bar, too";
});
adapt();
