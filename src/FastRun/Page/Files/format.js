// Texts and elements. Whatever a container, an image or a log says becomes text, never markup.

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.map(visible));
  return made;
}

export function drawing(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Control characters and those that turn the direction of text around are shown, not obeyed.
export function visible(text) {
  return typeof text === "string" ? text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd") : text;
}

export function bytes(count) {
  if (!(count >= 0)) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (count >= 1000 && unit < units.length - 1) { count /= 1000; unit++; }
  return `${unit === 0 ? count : count.toPrecision(3)} ${units[unit]}`;
}

export function ago(seconds) {
  const steps = [[60, "s"], [60, "min"], [24, "h"], [365, "d"], [Infinity, "y"]];
  for (const [most, unit] of steps) {
    if (seconds < most) return `${Math.max(0, Math.floor(seconds))} ${unit}`;
    seconds /= most;
  }
}

export function duration(milliseconds) {
  if (milliseconds < 1) return `${(milliseconds * 1000).toFixed(0)} µs`;
  if (milliseconds < 1000) return `${milliseconds.toPrecision(3)} ms`;
  return milliseconds < 120000 ? `${(milliseconds / 1000).toPrecision(3)} s` : ago(milliseconds / 1000);
}

// null where Go has its zero: year 1.
export function time(text) {
  const at = Date.parse(text ?? "");
  return at > 0 ? at : null;
}

export const short = id => (id ?? "").replace(/^sha256:/, "").slice(0, 12);
