// The origins that can ask, and a frame for each of them that does.

import { element } from "./dom.js";

// Longer than any answer of this machine takes.
const PATIENCE = 10_000;

class Sender {
  #frame;
  #ready;

  constructor(origin) {
    const isSandboxed = origin === "null";
    const home = isSandboxed ? location.origin : origin;
    this.#frame = element("iframe", {
      hidden: true,
      title: `a page of ${origin}`,
      src: `${home}/frame`,
      sandbox: isSandboxed ? "allow-scripts" : null,
    });
    this.#ready = new Promise((resolve) => {
      const listen = ({ source }) => {
        if (source === this.#frame.contentWindow) {
          removeEventListener("message", listen);
          resolve();
        }
      };
      addEventListener("message", listen);
    });
    document.body.append(this.#frame);
  }

  async #ask(request) {
    await this.#ready;
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    this.#frame.contentWindow.postMessage(request, "*", [port2]);
    return answer;
  }

  // What script of that origin gets.
  send(request) {
    const nothing = { outcome: "no answer", headers: {} };
    return Promise.race([
      this.#ask(request),
      new Promise((resolve) => setTimeout(resolve, PATIENCE, nothing)),
    ]);
  }
}

const senders = new Map();

// The one of an origin. Its frame is made when it is needed first.
export function senderOf(origin) {
  if (!senders.has(origin)) {
    senders.set(origin, new Sender(origin));
  }
  return senders.get(origin);
}
