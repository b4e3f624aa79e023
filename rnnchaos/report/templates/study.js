"use strict";
(() => {
  // ---- the table of a study -----------------------------------------------------------------------------------
  const table = document.getElementById("trainings");
  if (!table) return;
  let heads, columns, numeric, rows, order = null;
  function read() {
    heads = [...table.tHead.rows[0].cells];
    columns = heads.map((head) => head.textContent.trim());
    numeric = heads.map((head) => head.classList.contains("number"));
    rows = [...table.tBodies[0].rows].map((row) => ({
      row,
      link: row.querySelector("a")?.getAttribute("href") ?? null,
      words: [...row.cells].map((cell) => cell.textContent.trim()),
      values: [...row.cells].map((cell) => (cell.dataset.value === undefined ? NaN : Number(cell.dataset.value))),
    }));
  }

  table.tHead.addEventListener("click", (event) => {
    const head = event.target.closest("th");
    if (!head) return;
    order = { name: columns[heads.indexOf(head)], down: head.getAttribute("aria-sort") === "ascending" };
    sort();
  });

  function sort() {
    const k = order ? columns.indexOf(order.name) : -1;
    heads.forEach((head, i) => head.setAttribute("aria-sort", i !== k ? "none" : order.down ? "descending" : "ascending"));
    if (k < 0) return;
    const sign = order.down ? -1 : 1;
    const byWords = (p, q) => sign * p.words[k].localeCompare(q.words[k], "en", { numeric: true });
    const byValue = (p, q) => { // what has no value comes last, either way
      const [a, b] = [p.values[k], q.values[k]];
      return Number.isNaN(a) || Number.isNaN(b) ? Number.isNaN(a) - Number.isNaN(b) : sign * (a - b);
    };
    rows.sort(numeric[k] ? byValue : byWords);
    table.tBodies[0].append(...rows.map((each) => each.row));
  }

  const filter = document.getElementById("filter"), count = document.getElementById("filter-count");
  const TESTS = { "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b };
  function fits(each, word) {
    const parts = /^([^<>=]+)(<=|>=|<|>|=)(.+)$/.exec(word);
    const k = parts ? columns.indexOf(parts[1]) : -1;
    if (k < 0) return each.words.some((text) => text.toLowerCase().includes(word.toLowerCase()));
    const [, , sign, wanted] = parts;
    if (sign !== "=") return TESTS[sign](each.values[k], Number(wanted));
    return each.words[k].toLowerCase() === wanted.toLowerCase() || (numeric[k] && each.values[k] === Number(wanted));
  }
  function filtered() {
    const words = filter.value.trim().split(/\s+/).filter(Boolean);
    let seen = 0;
    for (const each of rows) {
      each.row.hidden = !words.every((word) => fits(each, word));
      seen += !each.row.hidden;
    }
    count.textContent = `${seen} of ${rows.length} ${columns[0]}s`;
    plot();
  }
  filter.addEventListener("input", filtered);
  for (const form of document.querySelectorAll("#filter-form, #plot-choices")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  // ---- a result against a setting -------------------------------------------------------------------------------
  const [W, H, L, R, T, B] = [760, 380, 72, 16, 14, 48];
  const PALETTE = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#222222"];
  const element = (id) => document.getElementById(id);
  const svg = (name, attributes, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const hasPlot = element("plot-figure") !== null;
  let numbers = [];
  function fill(id, choices, none) {
    const select = element(`plot-${id}`), wanted = select.dataset.chosen ?? table.tHead.rows[0].dataset[id];
    select.replaceChildren();
    if (none) select.add(new Option(none, -1));
    for (const k of choices) select.add(new Option(columns[k], k, false, columns[k] === wanted));
  }
  function fillAll() {
    if (!hasPlot) return;
    numbers = columns.map((_, k) => k).filter((k) => numeric[k]);
    fill("x", numbers);
    fill("y", numbers);
    fill("colour", columns.map((_, k) => k).filter((k) => new Set(rows.map((each) => each.words[k])).size <= 7), "nothing");
  }
  element("plot-choices")?.addEventListener("change", (event) => {
    if (event.target.selectedOptions) event.target.dataset.chosen = event.target.selectedOptions[0].textContent;
    plot();
  });

  function axis(values, start, end, log) {
    const used = values.map((v) => (log ? Math.log10(v) : v)).filter(Number.isFinite);
    let low = Math.min(...used), high = Math.max(...used);
    if (!used.length) [low, high] = [0, 1];
    const pad = 0.06 * (high - low) || Math.abs(low) / 2 || 0.5;
    low -= pad; high += pad;
    const at = (v) => start + ((log ? Math.log10(v) : v) - low) / (high - low) * (end - start);
    const rough = (high - low) / 6, power = 10 ** Math.floor(Math.log10(rough));
    let step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough);
    if (log) step = Math.max(1, Math.round(step));
    const ticks = [];
    for (let n = Math.ceil(low / step); n * step <= high; n++) {
      const v = log ? 10 ** (n * step) : Number((n * step).toPrecision(12));
      ticks.push([at(v), log ? v.toPrecision(1) : String(v)]);
    }
    return { at, ticks: log && ticks.length < 2 ? values.filter((v) => v > 0).map((v) => [at(v), v.toPrecision(3)]).slice(0, 6) : ticks };
  }

  function quantile(sorted, share) {
    const place = share * (sorted.length - 1), low = Math.floor(place), high = Math.ceil(place);
    return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
  }

  function plot() {
    if (!hasPlot) return;
    const [x, y, colour] = ["plot-x", "plot-y", "plot-colour"].map((id) => Number(element(id).value));
    const [logX, logY] = ["plot-log-x", "plot-log-y"].map((id) => element(id).checked);
    const figure = element("plot-figure");
    if (!numbers.length || !(element("plot-y").dataset.chosen ?? table.tHead.rows[0].dataset.y)) {
      figure.replaceChildren();
      element("plot-words").textContent = "There are no results to draw yet.";
      return;
    }
    const open = rows.filter((each) => !each.row.hidden);
    const usable = (v, log) => Number.isFinite(v) && (!log || v > 0);
    const drawn = open.filter((each) => usable(each.values[x], logX) && usable(each.values[y], logY));
    const across = axis(drawn.map((each) => each.values[x]), L, W - R, logX);
    const up = axis(drawn.map((each) => each.values[y]), H - B, T, logY);
    const picture = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "group", "aria-label": `${columns[y]} against ${columns[x]}: ${drawn.length} trainings` });
    const grid = svg("g", { class: "grid" }), words = svg("g", { class: "words" }), points = svg("g", { class: "points" });
    for (const [place, label] of up.ticks) {
      grid.append(svg("path", { d: `M${L} ${place}H${W - R}` }));
      words.append(svg("text", { x: L - 6, y: place + 4, "text-anchor": "end" }, label));
    }
    for (const [place, label] of across.ticks) words.append(svg("text", { x: place, y: H - B + 17, "text-anchor": "middle" }, label));
    grid.append(svg("path", { class: "axis", d: `M${L} ${T}V${H - B}H${W - R}` }));
    words.append(svg("text", { x: (L + W - R) / 2, y: H - 8, "text-anchor": "middle" }, columns[x]));
    words.append(svg("text", { transform: "rotate(-90)", x: -(T + H - B) / 2, y: 14, "text-anchor": "middle" }, columns[y]));
    const groups = new Map();
    for (const each of drawn) {
      const key = colour < 0 ? "" : each.words[colour];
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(each);
    }
    const keys = document.createElement("figcaption");
    [...groups].sort().forEach(([key, members], index) => {
      const paint = PALETTE[index % PALETTE.length];
      const places = Map.groupBy ? Map.groupBy(members, (each) => each.values[x]) : grouped(members, x);
      let path = "";
      for (const [place, own] of [...places].sort((p, q) => p[0] - q[0])) {
        const sorted = own.map((each) => each.values[y]).sort((p, q) => p - q);
        const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => up.at(quantile(sorted, share)));
        const at = across.at(place);
        if (columns[x] !== "seed") path += `${path ? "L" : "M"}${at} ${middle}`; // seeds have no order
        points.append(svg("path", { d: `M${at} ${low}V${high}`, stroke: paint, "stroke-width": 1.5 }));
      }
      points.append(svg("path", { d: path, fill: "none", stroke: paint, "stroke-width": 1.5, "stroke-dasharray": ["none", "6 3", "2 3", "9 3 2 3"][index % 4] }));
      for (const each of members) {
        const label = `${each.words[0]}: ${columns[x]} ${each.words[x]}, ${columns[y]} ${each.words[y]}`;
        const dot = svg("circle", { cx: across.at(each.values[x]), cy: up.at(each.values[y]), r: 5, fill: paint, "fill-opacity": 0.6, stroke: paint }, svg("title", {}, label));
        points.append(each.link ? svg("a", { href: each.link, "aria-label": label }, dot) : dot);
      }
      if (key) {
        const name = document.createElement("span"), sample = svg("svg", { viewBox: "0 0 24 8", width: 24, height: 8, "aria-hidden": "true" });
        sample.append(svg("path", { d: "M0 4H24", stroke: paint, "stroke-width": 3, "stroke-dasharray": ["none", "6 3", "2 3", "9 3 2 3"][index % 4] }));
        name.append(sample, ` ${columns[colour]}: ${key}  `);
        keys.append(name);
      }
    });
    picture.append(grid, words, points);
    figure.replaceChildren(picture, keys);
    const without = open.length - drawn.length;
    element("plot-words").textContent = `${drawn.length} trainings, each a point that leads to its page` +
      (columns[x] === "seed" ? "." : "; the line goes through the medians, bars from quartile to quartile.") +
      (without ? ` ${without} without a result are not drawn.` : "");
  }

  function grouped(members, k) {
    const found = new Map();
    for (const each of members) {
      if (!found.has(each.values[k])) found.set(each.values[k], []);
      found.get(each.values[k]).push(each);
    }
    return found;
  }

  function refresh() {
    read();
    sort();
    fillAll();
    filtered();
  }
  document.addEventListener("renewed", refresh); // of a page that follows what it shows
  refresh();

  const opened = () => {
    const cell = location.hash.startsWith("#cell-") && document.getElementById(location.hash.slice(1));
    if (cell) cell.focus({ preventScroll: true });
  };
  window.addEventListener("hashchange", opened);
})();
