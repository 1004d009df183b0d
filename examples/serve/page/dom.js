// Elements, and the places of the page that are filled.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    const isData = key.startsWith("data-") && typeof value === "boolean";
    if (isData || (value !== false && value !== undefined && value !== null)) {
      made.setAttribute(key, value === true && !isData ? "" : value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const place = (name) => document.querySelector(`[data-fill="${name}"]`);

export const fill = (name, ...children) => place(name).replaceChildren(...children);

// Text in which what stands between `backticks` is code.
export function prose(text) {
  return text.split(/`([^`]+)`/).map((part, at) => (at % 2 ? element("code", {}, part) : part));
}
