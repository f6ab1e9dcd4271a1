"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const NAMES = { "+": "correct", "-": "incorrect", ".": "masked" };
  const SIGNS = { "+": "+", "-": "−", ".": "" };
  const REASONS = JSON.parse($("#reasons").textContent);
  const ITEM = 58;
  const testsOf = new Map();
  let rows = [], shown = [], current = -1, begun = false;

  // ---------- theme
  try { const kept = localStorage.getItem("prmdata-theme"); if (kept) document.documentElement.dataset.theme = kept; } catch { /* file: without storage */ }
  $("#theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("prmdata-theme", root.dataset.theme); } catch { /* as above */ }
  });

  // ---------- data
  async function unpack() {
    const raw = atob($("#rows").textContent.trim());
    const bytes = Uint8Array.from(raw, (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const { texts, rows: packed, tests } = JSON.parse(await new Response(stream).text());
    const text = (place) => (place < 0 ? null : texts[place]);
    for (const [problem, ...found] of tests || []) testsOf.set(text(problem), found.map(text));
    return packed.map((row) => {
      const [id, problem, prompt, split, strategy, kind, verdict, error, steps, labels, runs, executed, edit, seen, tests, inputs, cls, completer, probes] = row;
      const reasons = [];
      for (let i = 0; i < runs.length; i += 2) for (let n = 0; n < runs[i + 1]; n++) reasons.push(texts[runs[i]]);
      return {
        id, problem: text(problem), prompt: text(prompt), split: text(split), strategy: text(strategy), kind: text(kind),
        verdict: text(verdict), error: text(error), steps: steps.map(text), labels, reasons, executed, tests, inputs,
        cls: text(cls), completer: text(completer), probes: probes || [],
        edit: edit && { operator: text(edit[0]), author: text(edit[1]), intent: text(edit[2]), step: edit[3], n: edit[4], before: text(edit[5]) },
        seen: seen && { input: text(seen[0]), expected: text(seen[1]), got: text(seen[2]) },
        sign: labels.includes("-") ? "-" : labels.includes("+") ? "+" : ".",
      };
    });
  }
  const origin = (row) => (row.edit ? row.edit.intent : row.kind === "reference" ? "reference" : row.strategy === "curriculum" ? "curriculum" : "rollout");
  const words = (name) => name.replaceAll("_", " ");

  // ---------- filters
  const form = $("#filters");
  function options(name, values) {
    const counts = new Map();
    for (const value of values) if (value) counts.set(value, (counts.get(value) || 0) + 1);
    const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    for (const [value] of sorted) form.elements[name].add(new Option(words(value), value));
    if (counts.size < 2) form.elements[name].hidden = true;
  }
  const VALUES = {
    label: (row) => [row.sign], origin: (row) => [origin(row)], verdict: (row) => [row.verdict],
    operator: (row) => [row.edit ? row.edit.operator : ""], reason: (row) => row.reasons, split: (row) => [row.split],
  };
  // Beside each choice stands how many rows it would leave, under the other filters.
  function recount(want, parts) {
    const found = rows.filter((row) => !parts.length || parts.every((part) => searched(row).includes(part)));
    for (const name of Object.keys(VALUES)) {
      const counts = new Map();
      for (const row of found) {
        if (!Object.keys(VALUES).every((other) => other === name || !want[other] || VALUES[other](row).includes(want[other]))) continue;
        for (const value of new Set(VALUES[name](row))) counts.set(value, (counts.get(value) || 0) + 1);
      }
      for (const option of form.elements[name].options) {
        if (!option.value) continue;
        option.dataset.name = option.dataset.name || option.textContent;
        option.textContent = `${option.dataset.name} (${(counts.get(option.value) || 0).toLocaleString("en")})`;
      }
    }
    for (const ribbon of document.querySelectorAll(".ribbon"))
      ribbon.classList.toggle("chosen", ribbon.dataset.origin === want.origin && ribbon.dataset.verdict === want.verdict && SIGN_OF[ribbon.dataset.label] === want.label);
  }
  const SIGN_OF = { correct: "+", incorrect: "-", masked: "." };
  // The address holds the filters and the row, so that a reload, or whoever is sent it, sees the same.
  function remember() {
    if (!begun) return;
    const state = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    if (shown[current]) state.set("row", shown[current].id);
    try { history.replaceState(null, "", `#${state}`); } catch { /* too often, or file: without history */ }
  }
  function searched(row) {
    if (row.find === undefined) row.find = [row.problem, row.id, row.edit ? `${row.edit.operator} ${words(row.edit.operator)}` : "", row.verdict, ...row.steps].join("\n").toLowerCase();
    return row.find;
  }
  function filter() {
    const want = Object.fromEntries(new FormData(form));
    const parts = want.text.toLowerCase().split(/\s+/).filter(Boolean);
    shown = rows.filter((row) =>
      Object.keys(VALUES).every((name) => !want[name] || VALUES[name](row).includes(want[name])) &&
      (!parts.length || parts.every((part) => searched(row).includes(part))));
    recount(want, parts);
    $("#found").value = `${shown.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
    $("#found").dataset.value = shown.length;
    list.scrollTop = 0;
    select(shown.length ? 0 : -1, false);
  }
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());

  // ---------- list: only what is in view is in the document
  const list = $("#list"), spacer = $(".spacer", list);
  function element(tag, css, text) {
    const made = document.createElement(tag);
    if (css) made.className = css;
    if (text !== undefined && text !== null) made.textContent = text;
    return made;
  }
  function draw() {
    spacer.style.height = `${shown.length * ITEM}px`;
    const from = Math.max(0, Math.floor(list.scrollTop / ITEM) - 4);
    const to = Math.min(shown.length, from + Math.ceil(list.clientHeight / ITEM) + 8);
    const items = [];
    for (let i = from; i < to; i++) items.push(item(i));
    if (!shown.length) items.push(element("div", "none", "No row fits these filters."));
    list.replaceChildren(spacer, ...items);
  }
  function item(place) {
    const row = shown[place];
    const made = element("div", "item");
    made.style.top = `${place * ITEM}px`;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", place === current);
    made.dataset.place = place;
    const first = element("div", "first");
    first.append(element("b", "", row.problem), element("span", "what", row.edit ? words(row.edit.operator) : row.cls || origin(row)));
    const strip = element("div", "strip");
    for (const label of row.labels) strip.append(element("i", NAMES[label]));
    made.append(first, strip);
    return made;
  }
  function select(place, reveal = true) {
    current = place;
    if (reveal && place >= 0) {
      const top = place * ITEM;
      if (top < list.scrollTop) list.scrollTop = top;
      else if (top + ITEM > list.scrollTop + list.clientHeight) list.scrollTop = top + ITEM - list.clientHeight;
    }
    draw();
    program(shown[place]);
    remember();
  }
  list.addEventListener("scroll", draw, { passive: true });
  list.addEventListener("click", (event) => {
    const found = event.target.closest(".item");
    if (!found) return;
    select(Number(found.dataset.place));
  });
  new ResizeObserver(draw).observe(list);

  // ---------- one program
  const TOKENS = /(#[^\n]*)|([rbfuRBFU]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|\b(False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)\b|\b(\d[\w.]*)/g;
  function colored(source) {
    const made = element("pre");
    let last = 0;
    for (const found of source.matchAll(TOKENS)) {
      made.append(source.slice(last, found.index), element("span", found[1] ? "tc" : found[2] ? "ts" : found[3] ? "tk" : "tn", found[0]));
      last = found.index + found[0].length;
    }
    made.append(source.slice(last));
    return made;
  }
  let open = matchMedia("(min-width: 721px)").matches;
  function program(row) {
    hide();
    const target = $("#program");
    if (!row) return target.replaceChildren(element("p", "note", "Choose another filter."));
    const chips = element("div", "chips");
    const chip = (text, css = "") => text && chips.append(element("span", `chip ${css}`, text));
    chip(words(row.verdict), row.verdict === "passed" ? "correct" : "incorrect");
    chip(`${row.tests[0]} of ${row.tests[1]} tests passed`);
    chip(row.error);
    if (row.edit) chip(`${row.edit.intent}: ${words(row.edit.operator)}`), chip(`by ${row.edit.author}`);
    else chip(row.cls || origin(row));
    chip(`kind ${row.kind}`); chip(row.split); chip(row.completer && `completer ${row.completer}`);
    const prompt = element("details", "prompt");
    prompt.append(element("summary", "", "Prompt"), element("pre", "", row.prompt.replace(/^\n+|\s+$/g, "")));
    const tests = element("details", "prompt tests"), found = testsOf.get(row.problem) || [];
    tests.append(element("summary", "", `Tests (${found.length})`), ...found.map((test) => colored(test.replace(/^\n+|\s+$/g, ""))));
    for (const text of [...prompt.children, ...tests.children]) if (text.tagName === "PRE") text.tabIndex = 0; // they scroll
    prompt.open = tests.open = open;
    for (const each of [prompt, tests]) each.addEventListener("toggle", () => { open = each.open; });
    const frame = element("div", "code"), code = element("div", "lines");
    frame.append(code);
    row.steps.forEach((text, place) => {
      if (row.edit && place === row.edit.step && row.edit.before) code.append(was(row.edit.before));
      const label = row.labels[place] || ".";
      const step = element("div", `step ${NAMES[label]}`);
      step.tabIndex = 0;
      step.setAttribute("role", "group");
      step.dataset.step = place;
      step.append(element("span", "sign", SIGNS[label]), element("span", "no", place), colored(text.replace(/\r?\n$/, "")));
      step.setAttribute("aria-label", `step ${place}, ${NAMES[label]}: ${explain(row, place)}`);
      code.append(step);
    });
    if (row.edit && row.edit.step >= row.steps.length && row.edit.before) code.append(was(row.edit.before));
    target.replaceChildren(element("h3", "", row.problem), chips, prompt, ...(found.length ? [tests] : []), frame, evidence(row), element("p", "note", `row ${row.id}`));
    target.scrollTop = 0;
  }
  function was(text) {
    const step = element("div", "step masked was");
    step.title = "what stood here before the edit";
    const pre = element("pre");
    for (const [, indent, code, end] of text.replace(/\r?\n$/, "").matchAll(/^([ \t]*)(.*)(\n?)/gm)) pre.append(indent, element("span", "", code), end);
    step.append(element("span", "sign"), element("span", "no"), pre);
    return step;
  }
  function explain(row, place) {
    const reason = row.reasons[place] || "";
    return REASONS[reason] || words(reason);
  }
  function evidence(row) {
    const made = element("dl", "evidence");
    const add = (name, value, css = "") => value !== null && made.append(element("dt", "", name), element("dd", css, value));
    const at = row.labels.indexOf("-");
    if (at >= 0) add("incorrect", `step ${at}: ${explain(row, at)}`);
    if (row.inputs[0]) add("generated inputs", `${row.inputs[0]} tried, ${row.inputs[1]} ran the edit, ${row.inputs[2]} disagreed inside the hull, ${row.inputs[3]} outside`);
    if (row.probes.length) add("completions", row.probes.map(([step, k, passed]) => `after step ${step}: ${passed} of ${k} passed`).join("; "));
    if (row.seen) add("input", row.seen.input, "val"), add("expected", row.seen.expected, "val expected"), add("got", row.seen.got, "val got");
    return made;
  }

  // ---------- the tip on a step
  const tip = $("#tip");
  let pinned = null;
  function hide() { tip.hidden = true; pinned = null; }
  function show(step) {
    const row = shown[current];
    if (!row || step.dataset.step === undefined) return;
    const place = Number(step.dataset.step), label = row.labels[place] || ".";
    const head = element("div");
    head.append(element("b", "", NAMES[label]), ` · ${words(row.reasons[place] || "no reason")}`);
    const parts = [head, element("div", "", explain(row, place))];
    if (row.executed[place] === "0") parts.push(element("div", "", "No test ran this step."));
    if (label === "-" && row.seen) {
      const facts = element("dl");
      for (const name of ["input", "expected", "got"]) facts.append(element("dt", "", name), element("dd", "", row.seen[name]));
      parts.push(facts);
    }
    tip.replaceChildren(...parts);
    tip.hidden = false;
    const box = step.getBoundingClientRect(), area = $("#program").getBoundingClientRect(), own = tip.getBoundingClientRect();
    const left = Math.min(Math.max(area.left + 60, 12), innerWidth - own.width - 12);
    const below = box.bottom + 8 + own.height < innerHeight;
    tip.style.left = `${Math.max(12, left)}px`;
    tip.style.top = `${below ? box.bottom + 8 : Math.max(8, box.top - own.height - 8)}px`;
  }
  const stepOf = (event) => event.target.closest && event.target.closest(".step[data-step]");
  $("#program").addEventListener("pointerover", (event) => { const step = stepOf(event); if (step && event.pointerType === "mouse" && !pinned) show(step); });
  $("#program").addEventListener("pointerout", (event) => { if (event.pointerType === "mouse" && !pinned) tip.hidden = true; });
  $("#program").addEventListener("click", (event) => {
    const step = stepOf(event);
    if (!step || pinned === step) return hide();
    show(step);
    pinned = step;
  });
  $("#program").addEventListener("focusin", (event) => { const step = stepOf(event); if (step && step.matches(":focus-visible")) show(step); });
  $("#program").addEventListener("focusout", () => { if (!pinned) tip.hidden = true; });
  document.addEventListener("click", (event) => { if (!event.target.closest("#program")) hide(); });
  addEventListener("scroll", () => { if (!pinned) tip.hidden = true; else hide(); }, { passive: true, capture: true });

  // ---------- keys
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape") { hide(); if (typing) { event.preventDefault(); event.target.blur(); } return; } // a search field would clear itself
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const inList = event.target === list;
    const move = { j: 1, k: -1, ...(inList ? { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 } : {}) }[event.key];
    if (move && shown.length) { event.preventDefault(); select(Math.min(shown.length - 1, Math.max(0, current + move))); }
    else if (event.key === "/") { event.preventDefault(); form.elements.text.focus(); $("#programs").scrollIntoView(); }
  });

  // ---------- a ribbon of the flow chooses its rows
  document.addEventListener("click", (event) => {
    const ribbon = event.target.closest(".ribbon");
    if (!ribbon || !begun) return;
    const chosen = ribbon.classList.contains("chosen");
    form.reset();
    for (const name of ["origin", "verdict"]) form.elements[name].value = chosen ? "" : ribbon.dataset[name];
    form.elements.label.value = chosen ? "" : SIGN_OF[ribbon.dataset.label];
    filter();
    if (!chosen) $("#programs").scrollIntoView();
  });

  // ---------- begin
  unpack().then((found) => {
    rows = found;
    options("origin", rows.map(origin));
    options("verdict", rows.map((row) => row.verdict));
    options("operator", rows.map((row) => row.edit && row.edit.operator));
    options("reason", rows.flatMap((row) => [...new Set(row.reasons)]));
    options("split", rows.map((row) => row.split));
    const state = new URLSearchParams(location.hash.slice(1)), wanted = state.get("row");
    for (const [name, value] of state) if (form.elements[name] && name !== "row") form.elements[name].value = value;
    filter();
    const place = shown.findIndex((row) => (wanted ? row.id.startsWith(wanted) : row.sign === "-"));
    if (place >= 0) select(place);
    if (wanted && place >= 0) $("#programs").scrollIntoView();
    begun = true;
    document.documentElement.dataset.ready = "1";
  }).catch((error) => {
    $("#program").replaceChildren(element("p", "note", `This browser cannot unpack the rows (${error}). The figures above stand.`));
    throw error;
  });
})();
