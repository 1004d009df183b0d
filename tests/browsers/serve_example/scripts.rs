//! What the tests run in the page: to do what a person does, and to read what is shown.

/// What the page shows of its cases: nothing till it is done with those of a policy.
pub(super) const READ_CASES: &str = r##"((revision) => {
  if (document.body?.dataset.done !== revision) {
    return "null";
  }
  const paper = (node) => getComputedStyle(node).backgroundColor;
  const shown = (item) => ({
    ...item.dataset,
    colour: paper(item.querySelector("summary .badge")),
    mark: paper(document.querySelector(`.marks a[href="#${item.id}"]`)),
    text: item.textContent,
  });
  return JSON.stringify({
    cases: [...document.querySelectorAll("[data-case]")].map(shown),
    answer: document.querySelector("[data-fill=answer]").innerText,
    counts: document.querySelector("[data-fill=counts]").innerText,
    surprise: document.querySelector("[data-fill=surprise]").hidden,
    verdict: document.body.dataset.answer,
  });
})"##;

/// Opens a link to a request of one's own, as another person sends it.
pub(super) const OPEN_LINK: &str = r#"((link) => {
  location.hash = link;
  return "";
})"#;

/// What a link filled in: nothing till it did.
pub(super) const READ_LINK: &str = r#"(() => {
  const said = document.querySelector("[data-fill=own] .own-link");
  if (!said) {
    return "null";
  }
  const shown = document.querySelector("[data-fill=own]");
  const fields = Object.fromEntries(new FormData(document.querySelector("form.own")));
  return JSON.stringify({ said: said.innerText, fields, data: { ...shown.dataset }, isBusy: shown.ariaBusy });
})"#;

pub(super) const READ_TRY: &str = r#"(() => {
  const shown = document.querySelector("[data-fill=own]");
  if (!shown.dataset.outcome) {
    return "null";
  }
  const tiles = [...shown.querySelectorAll(".models li")].map((tile) => tile.innerText.split("\n").join(" "));
  const decisive = [...shown.querySelectorAll("[data-decides=true]")].map((line) => line.innerText);
  return JSON.stringify({ ...shown.dataset, tiles, decisive, text: shown.innerText, link: location.hash });
})"#;

/// Types a policy.
pub(super) const EDIT: &str = r#"((text) => {
  const area = document.querySelector("form.policy textarea");
  area.focus();
  area.select();
  document.execCommand("insertText", false, text);
  return "";
})"#;

pub(super) const READ_EDITOR: &str = r#"(() => {
  const form = document.querySelector("form.policy");
  if (!form.dataset.checked) {
    return "null";
  }
  const texts = (selector) => [...form.querySelectorAll(selector)].map((node) => node.innerText);
  return JSON.stringify({
    text: form.elements.text.value,
    title: form.querySelector("[data-fill=problems-title]").innerText,
    problems: texts("[data-fill=problems] li"),
    marked: [...form.querySelectorAll(".gutter li")].findIndex((line) => line.dataset.severity) + 1,
    beside: texts(".backdrop i").map((text) => text.trim()),
    changes: [...form.querySelectorAll("[data-fill=changes] li")].map((line) => ({ ...line.dataset, text: line.innerText })),
    canApply: !form.querySelector("[type=submit]").disabled,
  });
})"#;

/// What the editor says of a fetch that failed, in the words of the browser, and it says it no more. Nothing till it does.
pub(super) const TAKE_FAILURE: &str = r#"(() => {
  const title = document.querySelector("[data-fill=problems-title]");
  const said = title.innerText;
  if (!said.includes("etch")) {
    return "null";
  }
  title.textContent = "";
  return JSON.stringify(said);
})"#;

pub(super) const CLICK: &str = r#"((selector) => {
  document.querySelector(selector).click();
  return "";
})"#;

pub(super) const CARET: &str =
    r#"(() => String(document.querySelector("form.policy textarea").selectionStart))"#;

pub(super) const CHOOSE: &str = r#"((choice) => {
  const [name, value] = JSON.parse(choice);
  const field = document.querySelector(`form.policy select[name=${name}]`);
  field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  delete document.querySelector("form.policy").dataset.checked;
  return "";
})"#;

/// Has the policy written in another format.
pub(super) const CHOOSE_FORMAT: &str = r#"((format) => {
  const form = document.querySelector("form.policy");
  delete form.dataset.checked;
  form.querySelector(`[name=format][value=${format}]`).click();
  return "";
})"#;

/// Has a page of another name of this machine change the policy: as it would from a foreign page, and as if that name
/// were the server's own. What comes of both.
pub(super) const ATTACK: &str = r#"((server) => {
  const body = JSON.stringify({ format: "json", text: '{"allow_origins":["https://evil.example"]}' });
  const post = (url, init) =>
    fetch(url, { method: "POST", body, ...init }).then(({ type, status }) => `${type} ${status}`, () => "blocked");
  return Promise.all([
    post(`${server}/policy`, { mode: "no-cors" }),
    post(`${server}/policy`, { headers: { "content-type": "application/json" } }),
    post("/policy", { headers: { "content-type": "application/json" } }),
    fetch("/workbench.json").then(({ status }) => String(status)),
  ]).then((all) => JSON.stringify(all));
})"#;
