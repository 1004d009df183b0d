// What is shown of one request: the exchange, why, what to write, what consoles print, and what script got.

import { element, prose } from "./dom.js";

export const WORDS = {
  readable: ["✓", "readable"],
  blocked: ["✕", "blocked"],
  opaque: ["◌", "opaque"],
  "no answer": ["?", "no answer"],
};

export function badge(outcome) {
  const [sign, word] = WORDS[outcome];
  return element(
    "span",
    { class: "badge", "data-outcome": outcome },
    element("span", { "aria-hidden": "true" }, `${sign} `),
    word,
  );
}

const block = (title, ...children) =>
  element("section", { class: "block" }, element("h4", {}, title), ...children);

// The exchange

// As people write them; on the wire their case makes no difference.
const written = (name) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

const decides = () => element("strong", { class: "decides" }, "this decides");

function field({ name, value, matters }, decidedBy) {
  const isDecisive = name === decidedBy;
  return element(
    "li",
    { class: "field", "data-matters": matters, "data-decides": isDecisive },
    element("span", { class: "field-name" }, `${written(name)}:`),
    " ",
    value ?? element("em", {}, "missing"),
    isDecisive && decides(),
  );
}

function message(kind, title, note, fields, decidedBy) {
  const isDecisive = decidedBy === "status";
  return element(
    "div",
    { class: `message ${kind}` },
    element(
      "p",
      { class: "line", "data-decides": isDecisive },
      element("b", {}, title),
      isDecisive && decides(),
      note && element("span", { class: "note" }, note),
    ),
    element("ul", {}, fields.map((one) => field(one, decidedBy))),
  );
}

function exchange({ method, path, request, status, answered_by, answer, decided_by, cookies }) {
  const isMissing = decided_by && decided_by !== "status" && !answer.some(({ name }) => name === decided_by);
  const missing = isMissing ? [{ name: decided_by, value: null, matters: true }] : [];
  return element(
    "li",
    { class: "exchange" },
    message("sent", `${method} ${path}`, null, request),
    message("received", status ?? "no answer", `answered by ${answered_by}`, [...missing, ...answer], decided_by),
    cookies.length > 0 && element("ul", { class: "cookies" }, cookies.map((said) => element("li", {}, ...prose(said)))),
  );
}

// What decides, and what becomes of cookies, stands in the model: where a browser sent the same, it is told of that.
function marked(real, model) {
  const isSame = real.length === model.length && real.every(({ method }, at) => method === model[at].method);
  const told = ({ decided_by, cookies }) => ({ decided_by, cookies });
  return isSame ? real.map((one, at) => ({ ...one, ...told(model[at]) })) : real;
}

function exchanges({ exchanges: real, model }) {
  const shown = real ? marked(real, model.exchanges) : model.exchanges;
  if (shown.length === 0) {
    return block("What crossed the wire", element("p", {}, "Nothing: the browser refuses by itself."));
  }
  const title = real ? "What crossed the wire" : "What would cross the wire";
  return block(title, element("ol", { class: "wire" }, shown.map(exchange)));
}

// Why

function explained({ request, is_allowed, decision, at_fault, hint, next, rules }) {
  return element(
    "li",
    { "data-allowed": is_allowed },
    element("p", {}, element("strong", {}, decision)),
    at_fault.length > 0 && element("p", {}, "At fault: ", element("code", {}, at_fault.join(", "))),
    rules.length > 0 && element("ol", { class: "rules" }, rules.map((rule) => element("li", {}, rule))),
    element("p", { class: "next" }, `So ${next}.`),
    hint && element("p", { class: "hint" }, element("span", {}, "What to write"), ...prose(hint)),
  );
}

function why({ told, model }) {
  const said = told.policy.length
    ? element("ul", { class: "why" }, told.policy.map(explained))
    : element("p", {}, "No policy is asked.");
  const reason = model.reason && element("p", { class: "reason" }, `${model.reason}.`);
  return block("Why", said, reason);
}

// Consoles and models

function consoles({ told }) {
  const printed = told.models.filter(({ name, console }) => console && name !== "Standard");
  const lines = printed.map(({ name, console }) => [element("dt", {}, name), element("dd", {}, console)]);
  return lines.length > 0 && block("What the console says", element("dl", { class: "console" }, ...lines));
}

function got(title, { outcome, status, headers, body, error }) {
  const names = Object.keys(headers).sort();
  const rows = [
    ["outcome", badge(outcome)],
    status && ["status", String(status)],
    ...names.map((name) => [name, headers[name]]),
    body && ["body", element("code", {}, body)],
    error && ["error", element("code", {}, error)],
  ].filter(Boolean);
  const cells = rows.map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]);
  return block(title, element("dl", { class: "got" }, ...cells));
}

function models({ told, happened }) {
  const tile = (name, outcome, note) =>
    element("li", {}, element("span", { class: "who" }, name), badge(outcome), note && element("small", {}, note));
  const tiles = told.models.map(({ name, outcome }) => tile(name, outcome));
  const yours = happened
    ? tile("Your browser", happened.outcome)
    : element("li", { class: "absent" }, element("span", { class: "who" }, "Your browser"), "cannot have this origin");
  return block("Who would read it", element("ul", { class: "models" }, tiles, yours));
}

function surprise({ agrees, model, happened }) {
  if (agrees !== false) {
    return null;
  }
  const words = `Not as expected: the model of ${model.name} says ${model.outcome}, and your browser did otherwise.`;
  return element("div", { class: "alarm" }, element("p", {}, words), got("Expected", model));
}

// Everything of one request, for a case and for a request of one’s own.
export function tried(result) {
  const { happened, model } = result;
  return element(
    "div",
    { class: "tried" },
    surprise(result),
    exchanges(result),
    why(result),
    consoles(result),
    got("What the script gets", happened ?? model),
    models(result),
  );
}
