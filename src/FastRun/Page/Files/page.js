// What is on this machine, asked again every two seconds while somebody looks.
import { ago, bytes, drawing, duration, element, short, time } from "./format.js";
import { close, selected, show } from "./detail.js";

const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
const period = 2000;
let tab = "containers";

async function get(path, signal) {
  const answer = await fetch("/api" + path, { headers: { "X-FastRun-Token": token }, signal, cache: "no-store" });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer;
}

const json = async path => (await get(path)).json();

const views = {
  async containers() {
    const found = await json("/containers/json?all=1");
    count("containers", found.filter(each => each.State === "running").length);
    return table(["Name", "Image", "Command", "State", "Ports"], found.map(each => ({
      id: each.Id,
      cells: [
        element("span", { class: "name" }, each.Names[0].slice(1)), each.Image, element("span", { class: "mono" }, each.Command),
        element("span", { class: `state ${each.State === "exited" && !each.Status.startsWith("Exited (0)") ? "failed" : each.State}` }, each.Status || "Created"),
        [...new Set(each.Ports.map(port => port.PublicPort ? `${port.PublicPort} → ${port.PrivatePort}/${port.Type}` : `${port.PrivatePort}/${port.Type}`))].join(", "),
      ],
    })), "No containers. fastrun run -d IMAGE starts one.");
  },

  async timeline() {
    const list = await json("/containers/json?all=1");
    const found = await Promise.all(list.slice(0, 200).map(each => json(`/containers/${each.Id}/json`).catch(() => null)));
    const runs = found.filter(Boolean).map(each => {
      const made = time(each.Created), began = time(each.State.StartedAt);
      return { each, made, began, end: each.State.Running ? Date.now() : time(each.State.FinishedAt) ?? began ?? made };
    });
    const first = Math.min(...runs.map(run => run.made)), last = Math.max(...runs.map(run => run.end)), span = Math.max(last - first, 1);
    return table(["Name", "Start", "Ran", "When"], runs.map(({ each, made, began, end }) => {
      const kind = each.State.Running ? "" : began && each.State.ExitCode !== 0 ? "failed" : began ? "ended" : "made";
      const bar = drawing("svg", { viewBox: "0 0 1000 10", height: 14, preserveAspectRatio: "none" },
        drawing("rect", { x: (made - first) / span * 1000, y: 4, width: Math.max((end - made) / span * 1000, 3), height: 2, class: `bar ${kind}` }),
        drawing("rect", { x: ((began ?? made) - first) / span * 1000, y: 0, width: Math.max((end - (began ?? end)) / span * 1000, 3), height: 10, class: `bar ${kind}` }));
      return {
        id: each.Id,
        cells: [element("span", { class: "name" }, each.Name.slice(1)), began ? duration(began - made) : "–", began ? duration(end - began) : "–", bar],
        classes: ["", "number", "number", "lane"],
      };
    }), "Nothing has run yet.");
  },

  async images() {
    const found = await json("/images/json");
    return table(["Name", "Id", "Created", "Size"], found.map(each => ({
      cells: [
        element("span", { class: "name" }, (each.RepoTags?.length ? each.RepoTags : ["untagged"]).join(", ")), element("span", { class: "mono" }, short(each.Id)),
        `${ago(Date.now() / 1000 - each.Created)} ago`, bytes(each.Size),
      ],
      classes: ["", "", "", "number"],
    })), "No images. fastrun pull IMAGE fetches one.");
  },

  async networks() {
    const found = await json("/networks");
    return table(["Name", "Driver", "Subnets", "Id"], found.map(each => ({
      cells: [element("span", { class: "name" }, each.Name), each.Driver, (each.IPAM?.Config ?? []).map(one => one.Subnet).join(", "), element("span", { class: "mono" }, short(each.Id))],
    })), "No networks.");
  },

  async volumes() {
    const found = (await json("/volumes")).Volumes ?? [];
    return table(["Name", "Driver", "Labels", "Where"], found.map(each => ({
      cells: [
        element("span", { class: "name" }, each.Name), each.Driver, Object.entries(each.Labels ?? {}).map(([key, value]) => `${key}=${value}`).join(", "),
        element("span", { class: "mono faint" }, each.Mountpoint),
      ],
    })), "No volumes. fastrun volume create makes one.");
  },
};

function table(titles, rows, empty) {
  count(tab, tab === "containers" ? null : rows.length);
  if (rows.length === 0) return element("p", { class: "empty" }, empty);
  return element("table", {},
    element("thead", {}, element("tr", {}, ...titles.map((title, i) => element("th", { class: rows[0].classes?.[i] ?? "" }, title)))),
    element("tbody", {}, ...rows.map(row => {
      const line = element("tr", {}, ...row.cells.map((cell, i) => element("td", { "data-label": titles[i], class: row.classes?.[i] ?? "" }, cell)));
      if (row.id) {
        line.tabIndex = 0;
        line.dataset.id = row.id;
        if (row.id === selected()) line.setAttribute("aria-selected", "true");
      }
      return line;
    })));
}

function count(name, number) {
  const place = document.querySelector(`[data-tab=${name}] .count`);
  if (place && number !== null) place.textContent = number;
}

async function refresh() {
  const asked = tab;
  try {
    const view = await views[asked]();
    if (asked !== tab) return;
    const list = document.getElementById("list"), focused = document.activeElement?.dataset?.id;
    list.replaceChildren(view);
    if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
    problem(null);
  } catch (failure) {
    problem(failure.message || "the page's server has ended");
  }
}

function problem(text) {
  const place = document.getElementById("problem");
  place.hidden = !text;
  place.textContent = text ?? "";
}

function open(row) {
  if (!row) return;
  show(row.dataset.id, get).catch(failure => failure.name === "AbortError" || problem(failure.message));
  for (const other of document.querySelectorAll("tr[aria-selected]")) other.removeAttribute("aria-selected");
  row.setAttribute("aria-selected", "true");
}

document.getElementById("tabs").addEventListener("click", happened => {
  const chosen = happened.target.closest("button")?.dataset.tab;
  if (!chosen) return;
  tab = chosen;
  for (const each of document.querySelectorAll("#tabs button")) each.toggleAttribute("aria-current", each.dataset.tab === tab);
  document.querySelector(`[data-tab=${tab}]`).setAttribute("aria-current", "true");
  refresh();
});
document.getElementById("list").addEventListener("click", happened => open(happened.target.closest("tr[data-id]")));
document.getElementById("list").addEventListener("keydown", happened => happened.key === "Enter" && open(happened.target.closest("tr[data-id]")));
document.getElementById("close").addEventListener("click", () => { close(); refresh(); });
addEventListener("keydown", happened => happened.key === "Escape" && close());

const asked = new URLSearchParams(location.hash.slice(1));
json("/version").then(version => { document.getElementById("host").textContent = `${version.Version} on Linux ${version.KernelVersion ?? ""}`; }, () => {});
Promise.all(["images", "networks", "volumes"].map(async name => count(name, ((found => found.Volumes ?? found)(await json(name === "images" ? "/images/json" : `/${name}`))).length))).catch(() => {});
if (views[asked.get("tab")]) document.querySelector(`[data-tab=${asked.get("tab")}]`).click();
await refresh();
if (asked.get("container")) open(document.querySelector(`[data-id^="${CSS.escape(asked.get("container"))}"]`));
setInterval(() => document.hidden || refresh(), period);
