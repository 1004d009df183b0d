// The page: it follows the policy that is in force, and tries all cases whenever that changes.
//
// The results are in the document too: `body[data-done]` has the revision of the policy that all cases were tried
// with; each case has `data-outcome`, `data-expected` and `data-agrees`.

import { showCases, tryCases } from "./cases.js";
import { element, fill } from "./dom.js";
import { openLink } from "./own.js";
import { SENDERS, TARGETS, bench } from "./places.js";
import { followPolicy } from "./policy.js";

let revision = null;
let run = 0;

async function tryAll() {
  const [mine, ofRevision] = [++run, revision];
  const button = document.querySelector("[data-run]");
  button.disabled = true;
  delete document.body.dataset.done;
  try {
    if (await tryCases(() => mine === run)) {
      document.body.dataset.done = ofRevision;
      button.disabled = false;
    }
  } catch (error) {
    fill("answer", "The page’s own server does not answer as it should.");
    fill("counts", error.message);
    button.disabled = false;
  }
}

function start() {
  fill("page", location.origin);
  fill("api", TARGETS.api);
  const others = ["other-name", "other-port"].map((name) => SENDERS[name]);
  const links = others.filter((origin) => origin !== location.origin).map((origin) => {
    const link = element("a", { href: `${origin}/` }, new URL(origin).host);
    return [" ", link];
  });
  fill("elsewhere", "Open the same page as another origin:", ...links.flat());
  showCases(bench.cases);
  document.querySelector("[data-run]").addEventListener("click", tryAll);
  addEventListener("hashchange", openLink);

  const events = new EventSource("policy");
  events.addEventListener("message", ({ data }) => {
    const written = JSON.parse(data);
    revision = written.revision;
    followPolicy(written);
    tryAll();
  });
  events.addEventListener("error", () => {
    fill("answer", "The page’s own server does not answer.");
    fill("counts", "Start the program again, and this page goes on by itself.");
  });
  openLink();
}

start();
