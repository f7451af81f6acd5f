// One container: its facts, where the time of its start went, its usage and its log as they come.
import { ago, bytes, drawing, duration, element, short, time } from "./format.js";

const most = 500000;
const points = 120;
let leaving = null;

export const selected = () => leaving?.id ?? null;

export function close() {
  leaving?.abort();
  leaving = null;
  document.getElementById("detail").hidden = true;
}

export async function show(id, get) {
  close();
  const here = leaving = Object.assign(new AbortController(), { id });
  const panel = document.getElementById("detail");
  const logs = document.getElementById("logs");
  logs.replaceChildren();
  document.getElementById("graphs").replaceChildren();
  document.getElementById("usage").textContent = "";
  const found = await (await get(`/containers/${id}/json`, here.signal)).json();
  if (here.signal.aborted) return;
  panel.querySelector("h2").replaceChildren(...element("b", {}, found.Name.slice(1)).childNodes);
  facts(found);
  panel.hidden = false;
  document.getElementById("usage").textContent = found.State.Running ? "" : "not running";
  const report = await get(`/containers/${id}/report`, here.signal).then(answer => answer.json(), () => null);
  start(found, report);
  await Promise.allSettled([follow(found, logs, get, here.signal), found.State.Running ? measure(found, get, here.signal) : null]);
}

function facts(found) {
  const state = found.State;
  const networks = Object.entries(found.NetworkSettings.Networks ?? {}).map(([name, each]) => each.IPAddress ? `${name} ${each.IPAddress}` : name);
  const rows = {
    Id: short(found.Id),
    Image: found.Config.Image,
    Command: [found.Path, ...(found.Args ?? [])].join(" "),
    State: state.Running ? `${state.Status}, process ${state.Pid}` : `${state.Status}, exit code ${state.ExitCode}${state.OOMKilled ? ", out of memory" : ""}`,
    Error: state.Error,
    Networks: networks.join(", "),
    Mounts: (found.Mounts ?? []).map(each => `${each.Name ?? each.Source} → ${each.Destination}${each.RW ? "" : " (ro)"}`).join(", "),
    Labels: Object.entries(found.Config.Labels ?? {}).map(([key, value]) => `${key}=${value}`).join(", "),
  };
  document.getElementById("facts").replaceChildren(...Object.entries(rows).filter(([, value]) => value)
    .flatMap(([key, value]) => [element("dt", {}, key), element("dd", {}, value)]));
}

// With a report the phases of the last run; without, what the record knows.
function start(found, report) {
  const made = time(found.Created), began = time(found.State.StartedAt);
  let phases = report?.phases?.filter(each => each.milliseconds >= 0 && each.name !== "run") ?? [];
  if (phases.length === 0 && began) phases = [{ name: "created to started", milliseconds: began - made }];
  const total = phases.reduce((sum, each) => sum + each.milliseconds, 0);
  const place = document.getElementById("start");
  if (total <= 0 && phases.length === 0) {
    place.replaceChildren(element("p", { class: "faint" }, "Not started yet."));
    return;
  }
  let at = 0;
  const bars = phases.map((each, i) => {
    const bar = drawing("rect", { x: at, y: 0, width: Math.max(each.milliseconds, total / 500), height: 10, class: `p${i % 8}` },
      Object.assign(drawing("title", {}), { textContent: `${each.name} ${duration(each.milliseconds)}` }));
    at += each.milliseconds;
    return bar;
  });
  place.replaceChildren(
    drawing("svg", { viewBox: `0 0 ${Math.max(at, 0.001)} 10`, height: 22, preserveAspectRatio: "none", role: "img", "aria-label": "Phases of the start" }, ...bars),
    element("ul", { class: "keys" }, ...phases.map((each, i) => element("li", { class: `p${i % 8}` }, `${each.name} ${duration(each.milliseconds)}`)),
      element("li", { class: "faint" }, `in all ${duration(total)}`)));
  if (!report) place.append(element("p", { class: "faint" }, "With run --report FILE its phases are shown here once it has ended."));
}

async function measure(found, get, signal) {
  const processors = [], memory = [];
  const graphs = document.getElementById("graphs");
  let rest = "";
  for await (const piece of pieces(await get(`/containers/${found.Id}/stats`, signal))) {
    rest += new TextDecoder().decode(piece);
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines.filter(Boolean)) {
      const now = JSON.parse(line);
      const used = now.cpu_stats.cpu_usage.total_usage - (now.precpu_stats.cpu_usage?.total_usage ?? 0);
      const passed = now.cpu_stats.system_cpu_usage - (now.precpu_stats.system_cpu_usage ?? 0);
      const share = passed > 0 && now.precpu_stats.system_cpu_usage ? Math.max(0, used / passed) * now.cpu_stats.online_cpus * 100 : 0;
      push(processors, share);
      push(memory, now.memory_stats.usage ?? 0);
      document.getElementById("usage").textContent =
        `${share.toFixed(1)} % of a processor, ${bytes(now.memory_stats.usage)}${now.pids_stats.current ? `, ${now.pids_stats.current} processes` : ""}`;
      graphs.replaceChildren(graph(processors, 100, "processors"), graph(memory, now.memory_stats.usage ?? 1, "memory"));
    }
  }
}

function push(values, value) {
  values.push(value);
  if (values.length > points) values.shift();
}

function graph(values, least, name) {
  const top = Math.max(least, ...values) * 1.1 || 1;
  const line = values.map((value, i) => `${points - values.length + i},${40 - value / top * 38}`).join(" ");
  return drawing("svg", { viewBox: `0 0 ${points} 40`, height: 44, preserveAspectRatio: "none", class: `graph ${name}`, role: "img", "aria-label": name },
    drawing("polyline", { points: line }));
}

async function follow(found, place, get, signal) {
  const texts = { 1: new TextDecoder(), 2: new TextDecoder() };
  let buffer = new Uint8Array(0);
  for await (const piece of pieces(await get(`/containers/${found.Id}/logs?stdout=1&stderr=1&follow=1&tail=500`, signal))) {
    if (found.Config.Tty) {
      append(place, texts[1].decode(piece, { stream: true }), false);
      continue;
    }
    const joined = new Uint8Array(buffer.length + piece.length);
    joined.set(buffer);
    joined.set(piece, buffer.length);
    let at = 0;
    while (joined.length - at >= 8) {
      const length = new DataView(joined.buffer, at).getUint32(4);
      if (joined.length - at - 8 < length) break;
      const stream = joined[at] === 2 ? 2 : 1;
      append(place, texts[stream].decode(joined.subarray(at + 8, at + 8 + length), { stream: true }), stream === 2);
      at += 8 + length;
    }
    buffer = joined.slice(at);
  }
}

function append(place, text, isError) {
  const plain = text.replace(/\u001b\[[0-?]*[ -/]*[@-~]/g, "").replace(/\r+\n/g, "\n");
  place.append(element("span", isError ? { class: "stderr" } : {}, plain));
  while (place.textContent.length > most && place.childNodes.length > 1) place.firstChild.remove();
  if (document.getElementById("follow").checked) place.scrollTop = place.scrollHeight;
}

async function* pieces(answer) {
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
