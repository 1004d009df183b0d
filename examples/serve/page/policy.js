// The policy: edited as text, judged by the server as one types, and put in force.

import { element, fill, place } from "./dom.js";
import { bench } from "./places.js";
import { post } from "./server.js";

const form = document.querySelector("form.policy");
const { start, format, text } = form.elements;
const apply = form.querySelector("[type=submit]");
const undo = form.querySelector("[data-undo]");
const gutter = form.querySelector(".gutter");
const backdrop = form.querySelector(".backdrop");

// A person who types is not interrupted.
const PAUSE = 200;

let inForce = null;
// The format in which the text is.
let current = "json";
let checks = 0;

const groups = Object.groupBy(bench.starting_points, ({ group }) => group);
for (const [label, points] of Object.entries(groups)) {
  const options = points.map(({ title }) => element("option", { value: title }, title));
  start.append(element("optgroup", { label }, options));
}

// Typed, so that it can be undone as what a person types.
function replace(value) {
  const before = document.activeElement;
  text.focus({ preventScroll: true });
  text.select();
  if (!document.execCommand("insertText", false, value)) {
    text.value = value;
  }
  before?.focus({ preventScroll: true });
}

const isUnchanged = () => inForce && text.value === inForce.text && current === inForce.format;

// The text, its lines and what is beside them

const RANK = ["note", "warning", "error"];

function paint(problems) {
  const lines = text.value.split("\n");
  const worst = new Map();
  for (const { line, severity, brief } of problems) {
    const before = worst.get(line);
    if (line && (!before || RANK.indexOf(severity) > RANK.indexOf(before.severity))) {
      worst.set(line, { severity, brief });
    }
  }
  const severity = (number) => worst.get(number)?.severity;
  const numbers = lines.map((_, at) => element("li", { "data-severity": severity(at + 1) }));
  gutter.replaceChildren(...numbers);
  const sheet = lines.map((line, at) => {
    const found = worst.get(at + 1);
    const beside = found && element("i", {}, `  ← ${found.brief}`);
    return element("span", { "data-severity": severity(at + 1) }, element("b", {}, line), beside, "\n");
  });
  backdrop.replaceChildren(...sheet);
  text.rows = Math.max(lines.length + 1, 8);
  follow();
}

function follow() {
  backdrop.scrollLeft = text.scrollLeft;
}

function problem({ severity, message, why, offset }) {
  const words = element("span", {}, message);
  const body = offset === null ? words : element("button", { type: "button" }, words);
  body.addEventListener("click", () => {
    if (offset !== null) {
      text.focus();
      text.setSelectionRange(offset, offset);
    }
  });
  return element("li", { "data-severity": severity }, body, why && element("small", {}, why));
}

function change({ text: line, direction, is_opening }) {
  return element("li", { "data-direction": direction, "data-opening": is_opening }, line);
}

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function titleOf({ problems, untold }) {
  const count = (severity) => problems.filter((it) => it.severity === severity).length;
  const errors = count("error") + untold;
  const words = [
    errors && plural(errors, "error"),
    count("warning") && plural(count("warning"), "warning"),
    count("note") && plural(count("note"), "note"),
  ].filter(Boolean);
  return words.length ? words.join(", ") : "Nothing is wrong with it";
}

function changesTitle({ is_sound, changes }) {
  if (!is_sound) {
    return "";
  }
  if (isUnchanged()) {
    return "It is what is in force";
  }
  const openings = changes.filter((it) => it.is_opening).length;
  if (changes.length === 0) {
    return "It decides as what is in force";
  }
  return `${plural(changes.length, "change")}${openings ? `, ${plural(openings, "opening")}` : ""}`;
}

function show(checked) {
  paint(checked.problems);
  fill("problems-title", titleOf(checked));
  fill("problems", ...checked.problems.map(problem));
  fill("changes-title", changesTitle(checked));
  fill("changes", ...checked.changes.map(change));
  apply.disabled = !checked.is_sound || isUnchanged();
  undo.disabled = isUnchanged();
  form.dataset.sound = checked.is_sound;
}

async function check() {
  const mine = ++checks;
  delete form.dataset.checked;
  try {
    const checked = await post("check", { format: current, text: text.value });
    // What was typed meanwhile is judged by itself.
    if (mine === checks) {
      show(checked);
      form.dataset.checked = mine;
    }
  } catch (error) {
    fill("problems-title", error.message);
  }
}

let timer;
function checkSoon() {
  clearTimeout(timer);
  paint([]);
  checks += 1;
  delete form.dataset.checked;
  apply.disabled = true;
  timer = setTimeout(check, PAUSE);
}

async function convert(from, value, to) {
  return from === to ? value : (await post("convert", { format: from, text: value, to })).text;
}

// What fails is told where the problems stand.
const telling = (action) => async (...given) => {
  try {
    await action(...given);
  } catch (error) {
    fill("problems-title", error.message);
  }
};

async function load(written) {
  if (!written) {
    throw new Error("The server has not told yet what is in force");
  }
  current = written.format;
  format.value = current;
  text.value = written.text;
  await check();
}

// A policy has come in force. What is being edited stays, and is judged beside it.
export const followPolicy = telling(async (written) => {
  const isEdited = inForce && !isUnchanged() && text.value !== written.text;
  inForce = written;
  fill("in-force", written.from);
  await (isEdited ? check() : load(written));
});

text.addEventListener("input", checkSoon);
text.addEventListener("scroll", follow);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    form.requestSubmit(apply);
  }
});

start.addEventListener("change", telling(async () => {
  const point = bench.starting_points.find(({ title }) => title === start.value);
  if (!point) {
    start.value = "";
    return load(inForce);
  }
  replace(await convert("json", point.text, current));
  return check();
}));

for (const radio of format) {
  radio.addEventListener("change", async () => {
    const to = format.value;
    try {
      const converted = await convert(current, text.value, to);
      current = to;
      replace(converted);
    } catch {
      // What is no policy cannot be written otherwise. It stays as it is, and is read as the other format.
      current = to;
    }
    await check();
  });
}

undo.addEventListener("click", telling(async () => {
  start.value = "";
  await load(inForce);
}));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (apply.disabled) {
    return;
  }
  try {
    show(await post("policy", { format: current, text: text.value }));
    start.value = "";
  } catch (error) {
    if (error.value?.problems) {
      show(error.value);
    } else {
      fill("problems-title", error.message);
    }
  }
});
