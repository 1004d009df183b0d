// The cases: a row for each, which opens; the answer to the question; and marks to jump by.

import { attemptOf, tryOut } from "./attempt.js";
import { element, fill, place } from "./dom.js";
import { linkOf } from "./own.js";
import { bench } from "./places.js";
import { WORDS, badge, tried } from "./tried.js";

const GROUPS = {
  "who-asks": ["Who asks", "The same request from different origins."],
  "sent-at-once": ["Sent at once", "What a form or a link could send too needs no permission to be sent."],
  "asked-first": ["Asked first", "All else is announced by a preflight, which the layer answers by itself."],
  answers: ["What the answer says", "The layer adds its headers to every answer of the API, whatever its status."],
  cookies: ["Cookies", "Two locks: CORS says whether the page may read, SameSite whether the cookie comes."],
};

const FROM = {
  "other-name": "another name",
  "other-port": "another port",
  "sandboxed-frame": "a sandboxed frame",
};

function row(item) {
  return element(
    "details",
    { class: "case", id: item.id, "data-case": item.id },
    element(
      "summary",
      {},
      element("span", { class: "case-title" }, item.title),
      element("code", { class: "case-request" }, `${item.method} ${item.path}`),
      element("span", { class: "case-outcome" }, element("span", { class: "badge" }, "asking")),
      element("span", { class: "case-mark" }),
    ),
    element(
      "div",
      { class: "case-body" },
      element("p", { class: "about" }, item.about),
      element("div", { class: "case-result" }),
      element("p", {}, element("a", { href: linkOf(item) }, "Change this request")),
    ),
  );
}

function group([id, [title, about]]) {
  const cases = bench.cases.filter((item) => item.group === id);
  return element(
    "section",
    { class: "group", "aria-labelledby": id },
    element("h3", { id }, title),
    element("p", {}, about),
    cases.map(row),
  );
}

function mark(item) {
  return element("li", {}, element("a", { href: `#${item.id}`, "aria-label": item.title, title: item.title }, "·"));
}

export function showCases(cases) {
  place("cases").replaceChildren(...Object.entries(GROUPS).map(group));
  place("marks").replaceChildren(...cases.map(mark));
  place("marks").addEventListener("click", ({ target }) => {
    const id = target.closest("a")?.hash.slice(1);
    if (id) {
      document.getElementById(id).open = true;
    }
  });
}

function settle(item, result) {
  const { happened, model, agrees } = result;
  const details = document.getElementById(item.id);
  Object.assign(details.dataset, { outcome: happened.outcome, expected: model.outcome, agrees });
  details.querySelector(".case-outcome").replaceChildren(badge(happened.outcome));
  details.querySelector(".case-mark").textContent = agrees ? "as expected" : "not as expected";
  details.querySelector(".case-result").replaceChildren(tried(result));
  const link = document.querySelector(`.marks a[href="#${item.id}"]`);
  const [sign, word] = WORDS[happened.outcome];
  Object.assign(link.dataset, { outcome: happened.outcome, agrees });
  link.textContent = sign;
  link.setAttribute("aria-label", `${item.title}: ${word}`);
  link.title = `${item.title}: ${word}`;
}

// The answer is that to the first case: whether this page may read a plain answer.
function summarize() {
  const all = [...document.querySelectorAll("[data-case]")].map(({ dataset }) => dataset);
  const count = (outcome) => all.filter((data) => data.outcome === outcome).length;
  const isReadable = all[0].outcome === "readable";
  document.body.dataset.answer = isReadable ? "yes" : "no";
  fill("answer", isReadable ? "Yes, this page may read the API." : "No, this page may not read the API.");
  const counts = Object.keys(WORDS).filter((outcome) => count(outcome) > 0);
  const words = counts.map((outcome) => element("span", { "data-outcome": outcome }, `${count(outcome)} ${outcome}`));
  const surprises = all.filter(({ agrees }) => agrees !== "true").length;
  fill("counts", ...words, surprises ? "" : element("span", { class: "expected" }, "all as expected"));
  const loud = place("surprise");
  loud.hidden = surprises === 0;
  loud.textContent = `${surprises} of ${all.length} not as expected`;
}

// Tries all, one after the other, as long as it is wanted. Whether it came to the end.
export async function tryCases(isWanted) {
  for (const item of bench.cases) {
    const result = await tryOut(attemptOf(item));
    if (!isWanted()) {
      return false;
    }
    settle(item, result);
  }
  summarize();
  return true;
}
