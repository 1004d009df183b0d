// Sends one request of each kind, and shows what the script got beside what was expected.
//
// The results are in the document too: `body[data-done]`, and for each case an article with
// `data-case`, `data-expected`, `data-outcome` and `data-agrees`.
"use strict";

// What a script gets of one request. A sandboxed frame runs this function too, from its source.
async function attempt({ url, ...init }) {
  try {
    const response = await fetch(url, init);
    if (response.type === "opaque") {
      return { outcome: "opaque", headers: {} };
    }
    const headers = Object.fromEntries(response.headers);
    return { outcome: "readable", status: response.status, headers, body: await response.text() };
  } catch (error) {
    return { outcome: "blocked", headers: {}, error: String(error) };
  }
}

// The same, from a frame whose origin is opaque: it may run scripts, and nothing else.
function attemptInFrame(request) {
  return new Promise((resolve) => {
    const frame = document.createElement("iframe");
    const finish = (result) => {
      clearTimeout(timer);
      removeEventListener("message", receive);
      frame.remove();
      resolve(result);
    };
    const receive = (event) => {
      if (event.source === frame.contentWindow) {
        finish(event.data);
      }
    };
    const timer = setTimeout(finish, 10_000, { outcome: "no answer", headers: {} });
    addEventListener("message", receive);
    const argument = JSON.stringify(request).replaceAll("<", "\\u003c");
    frame.hidden = true;
    frame.title = "a sandboxed frame";
    frame.setAttribute("sandbox", "allow-scripts");
    frame.srcdoc = `<script>${attempt}
      attempt(${argument}).then((result) => parent.postMessage(result, "*"));<\/script>`;
    document.body.append(frame);
  });
}

// Browsers remember preflights by URL: a new one each time asks the policy that is there now.
function requestOf(item, api, run) {
  const base = item.to === "api" ? api : location.origin;
  return {
    url: `${base}${item.path}?run=${run}`,
    method: item.method,
    headers: Object.fromEntries(item.headers),
    body: item.body ?? undefined,
    credentials: item.credentials ? "include" : "omit",
    mode: item.mode,
    cache: "no-store",
  };
}

// The outcome, the status and the headers agree, but for those that only the connection has.
function agrees(expected, result) {
  const told = (headers) =>
    JSON.stringify(
      Object.entries(headers)
        .filter(([name]) => !["content-length", "date"].includes(name))
        .sort(),
    );
  return (
    expected.outcome === result.outcome &&
    (expected.status ?? null) === (result.status ?? null) &&
    told(expected.headers) === told(result.headers)
  );
}

// What is on the page

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const place = (name) => document.querySelector(`[data-fill="${name}"]`);
const fill = (name, text) => place(name).replaceChildren(text);

function side(title, { outcome, status, headers, body, error }) {
  const verdict = element("p", { className: "verdict" }, outcome);
  if (status) {
    verdict.append(" ", element("small", {}, String(status)));
  }
  const list = element("dl", {});
  const row = (name, value) => list.append(element("dt", {}, name), element("dd", {}, value));
  Object.entries(headers).forEach(([name, value]) => row(name, value));
  if (body) {
    row("body", body);
  }
  if (error) {
    row("all it gets", error);
  }
  return element("div", {}, element("h3", {}, title), verdict, list);
}

function card(item) {
  const lines = [`${item.method} ${item.path}`, ...item.headers.map((line) => line.join(": "))];
  if (item.from === "sandboxed-frame") {
    lines.push("origin: null");
  }
  if (item.credentials) {
    lines.push("with credentials");
  }
  if (item.mode === "no-cors") {
    lines.push("mode: no-cors");
  }
  const pending = element("div", {}, element("h3", {}, "Happened"), element("p", {}, "…"));
  const article = element(
    "article",
    { id: item.id },
    element(
      "div",
      {},
      element("h2", {}, item.title),
      element("span", { className: "badge" }, "asking"),
    ),
    element("ul", { className: "request" }, ...lines.map((line) => element("li", {}, line))),
    element("div", { className: "sides" }, side("Expected", item.expected), pending),
    element(
      "p",
      { className: "why" },
      `${item.about} `,
      element("strong", {}, item.expected.because),
    ),
  );
  article.dataset.case = item.id;
  article.dataset.expected = item.expected.outcome;
  return article;
}

function settle(item, result) {
  const agreed = String(agrees(item.expected, result));
  const article = document.getElementById(item.id);
  article.dataset.outcome = result.outcome;
  article.dataset.agrees = agreed;
  article.querySelector(".badge").textContent = agreed === "true" ? "✓ as expected" : "✗ differs";
  article.querySelector(".sides").lastChild.replaceWith(side("Happened", result));
  const mark = document.querySelector(`.marks a[href="#${item.id}"]`);
  mark.dataset.agrees = agreed;
  mark.textContent = agreed === "true" ? "✓" : "✗";
}

function mark(item) {
  const link = element("a", { href: `#${item.id}`, title: item.title }, "·");
  link.setAttribute("aria-label", item.title);
  return element("li", {}, link);
}

function summarize(cases) {
  const all = [...document.querySelectorAll("article")].map((article) => article.dataset);
  const good = all.filter((data) => data.agrees === "true").length;
  const counts = ["readable", "blocked", "opaque", "no answer"]
    .map((outcome) => [all.filter((data) => data.outcome === outcome).length, outcome])
    .filter(([count]) => count > 0)
    .map((pair) => pair.join(" "));
  fill("score", `${good} of ${cases.length} as expected`);
  fill("counts", counts.join(", "));
}

async function run() {
  const button = document.querySelector("[data-run]");
  button.disabled = true;
  delete document.body.dataset.done;
  try {
    const { api, policy, cases } = await (await fetch("cases.json")).json();
    fill("page", location.origin);
    fill("api", api);
    fill("policy", policy.trim());
    fill("score", "…");
    fill("counts", "asking");
    place("cases").replaceChildren(...cases.map(card));
    place("marks").replaceChildren(...cases.map(mark));
    const id = Date.now().toString(36);
    for (const item of cases) {
      const send = item.from === "sandboxed-frame" ? attemptInFrame : attempt;
      settle(item, await send(requestOf(item, api, id)));
    }
    summarize(cases);
  } catch (error) {
    fill("score", "The page’s own server does not answer");
    fill("counts", String(error));
  }
  document.body.dataset.done = "true";
  button.disabled = false;
}

document.querySelector("[data-run]").addEventListener("click", run);
run();
