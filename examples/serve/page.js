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

// Headers that only the connection has are not compared.
const UNTOLD = ["content-length", "date"];

// What is told of a result, by row; a header that the script does not get is hidden.
function tell({ outcome, status, headers }, names) {
  const rows = new Map([["answer", outcome]]);
  if (status) {
    rows.set("status", String(status));
    names.forEach((name) => rows.set(name, headers[name] ?? "hidden"));
  }
  return rows;
}

function compare(expected, result) {
  const names = [expected.headers, result.headers].flatMap(Object.keys).concat(expected.hidden);
  const told = [...new Set(names)].filter((name) => !UNTOLD.includes(name)).sort();
  const [left, right] = [tell(expected, told), tell(result, told)];
  return [...new Set([...left.keys(), ...right.keys()])].map((name) => {
    const [wanted, got] = [left.get(name) ?? "–", right.get(name) ?? "–"];
    return { name, wanted, got, same: wanted === got };
  });
}

// What is on the page

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const place = (name) => document.querySelector(`[data-fill="${name}"]`);
const fill = (name, text) => place(name).replaceChildren(text);

const GROUPS = {
  "sent-at-once": [
    "Sent at once",
    "What a form or a link could send too needs no permission. The answer says who may read it.",
  ],
  "asked-first": [
    "Asked first",
    "All else is announced by a preflight: an OPTIONS request, which the layer answers by itself.",
  ],
  answers: [
    "What the answer says",
    "The layer adds its headers to every answer of the API, whatever its status.",
  ],
  others: ["Other senders, other ways", "An origin that is nobody, a mode that reads nothing, and no CORS at all."],
};

function requestLines(item) {
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
  return lines;
}

function step({ name, succeeds }) {
  const [sign, word] =
    { true: ["✓", "succeeds"], false: ["✗", "does not succeed"] }[succeeds] ?? ["", "is not reached"];
  const made = element("li", {}, `${sign} ${name}`.trim());
  made.append(element("span", { className: "unseen" }, ` ${word}`));
  made.dataset.succeeds = succeeds;
  return made;
}

function table(rows) {
  const heading = (text) => element("th", { scope: "col" }, text);
  const cell = (text) => {
    // A media type may be broken after its slash.
    const parts = text.split("/").flatMap((part, at) => (at ? ["/", element("wbr"), part] : [part]));
    return element("td", { className: text === "hidden" ? "hidden" : "" }, ...parts);
  };
  const body = rows.map(({ name, wanted, got, same }) => {
    const row = element("tr", {}, element("th", { scope: "row" }, name), cell(wanted), cell(got));
    row.dataset.same = same;
    return row;
  });
  const blank = element("td", {});
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, blank, heading("Expected"), heading("Happened"))),
    element("tbody", {}, ...body),
  );
}

function card(item) {
  const pending = { outcome: "…", headers: {} };
  const article = element(
    "article",
    { id: item.id },
    element(
      "div",
      { className: "title" },
      element("h3", {}, item.title),
      element("span", { className: "badge" }, "asking"),
    ),
    element("ul", { className: "request" }, ...requestLines(item).map((line) => element("li", {}, line))),
    element("ol", { className: "steps" }, ...item.expected.steps.map(step)),
    element("p", { className: "why" }, `${item.about} `, element("strong", {}, item.expected.because)),
    element("div", { className: "result" }, table(compare(item.expected, pending))),
  );
  article.dataset.case = item.id;
  article.dataset.expected = item.expected.outcome;
  return article;
}

function section([id, [title, about]], cases) {
  const cards = cases.filter((item) => item.group === id).map(card);
  const heading = element("h2", { id }, title);
  const made = element(
    "section",
    {},
    element("div", { className: "group" }, heading, element("p", {}, about)),
    element("div", { className: "cards" }, ...cards),
  );
  made.setAttribute("aria-labelledby", id);
  return made;
}

function settle(item, result) {
  const rows = compare(item.expected, result);
  const agrees = rows.every((row) => row.same);
  const article = document.getElementById(item.id);
  article.dataset.outcome = result.outcome;
  article.dataset.agrees = agrees;
  article.querySelector(".badge").textContent = agrees ? "✓ as expected" : "✗ differs";
  const shown = article.querySelector(".result");
  shown.replaceChildren(table(rows));
  const text = result.body || result.error;
  if (text) {
    const label = result.error ? "error" : "body";
    shown.append(element("p", { className: "text" }, element("span", {}, label), " ", element("code", {}, text)));
  }
  const link = document.querySelector(`.marks a[href="#${item.id}"]`);
  link.dataset.agrees = agrees;
  link.textContent = agrees ? "✓" : "✗";
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
    place("cases").replaceChildren(...Object.entries(GROUPS).map((group) => section(group, cases)));
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
