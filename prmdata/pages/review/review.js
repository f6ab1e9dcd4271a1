"use strict";
(() => {
  const page = document.querySelector("#page");
  const KEYS = { c: "correct", i: "incorrect", u: "unsure" };
  const judged = new Map();
  let now = null;

  function element(tag, css, ...content) {
    const made = document.createElement(tag);
    if (css) made.className = css;
    made.append(...content.filter((each) => each !== null && each !== undefined));
    return made;
  }
  function button(css, key, name, act) {
    const made = element("button", css, name, " ", element("kbd", "", key));
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }
  async function fetched(path, options) {
    const reply = await fetch(path, options);
    if (!reply.ok) throw new Error(`${reply.status}`);
    return reply.json();
  }
  function trouble(error) {
    page.replaceChildren(element("p", "ask", "The review has ended."), element("p", "note", `Start prmdata review again to go on; what was judged is kept. (${error.message})`));
  }

  async function open(place) {
    try { now = await fetched(`question/${place}`); } catch (error) { return trouble(error); }
    draw();
  }
  function draw() {
    const code = element("div", "lines");
    now.steps.forEach((text, place) => {
      const step = element("div", `step ${place === now.step ? "asked" : "masked"}`);
      step.append(element("span", "sign", place === now.step ? "▸" : ""), element("span", "no", String(place)), element("pre", "", text.replace(/\r?\n$/, "")));
      code.append(step);
    });
    const note = element("input", "");
    note.placeholder = "Note (optional)";
    note.setAttribute("aria-label", "Note");
    note.maxLength = 2000;
    const answers = element("div", "answers");
    for (const [key, name] of Object.entries(KEYS)) {
      const choice = button(name, key, name, () => judge(name, note.value));
      choice.setAttribute("aria-pressed", now.answer !== null && now.answer.judgement === name);
      answers.append(choice);
    }
    answers.append(note);
    const moves = element("div", "moves");
    if (now.place) moves.append(button("", "k", "Back", back));
    if (now.answer) moves.append(button("next", "j", now.place + 1 < now.n ? "Next" : "Finish", next));
    moves.append(element("span", "note", `row ${now.row} · judged by ${page.dataset.person}`));
    const prompt = now.prompt ? element("details", "prompt", element("summary", "", "Prompt"), element("pre", "", now.prompt)) : null;
    if (prompt) prompt.open = true;
    page.replaceChildren(...[
      element("h1", "", now.problem), prompt, element("div", "code", code),
      element("p", "ask", now.question), answers, now.answer ? told(now.answer) : null, moves,
    ].filter(Boolean));
    progress();
    const asked = page.querySelector(".asked");
    if (asked && !now.answer) asked.scrollIntoView({ block: "center" });
    page.dataset.place = now.place;
    history.replaceState(null, "", `#${now.place}`);
  }
  function told(answer) {
    const agreed = answer.judgement === answer.label;
    const made = element("div", `told ${answer.judgement === "unsure" ? "" : agreed ? "agreed" : "other"}`);
    made.setAttribute("role", "status");
    const verdict = answer.judgement === "unsure" ? "Unsure" : agreed ? "Agreed" : "Not agreed";
    made.append(element("p", "", element("b", "", verdict), `. Labelled ${answer.label}: ${answer.reason}.`));
    if (answer.counterexample) {
      const facts = element("dl", "evidence");
      for (const name of ["input", "expected", "got"]) facts.append(element("dt", "", name), element("dd", `val ${name}`, answer.counterexample[name]));
      made.append(facts);
    }
    return made;
  }
  async function judge(judgement, note) {
    const asked = now;
    try {
      const body = JSON.stringify({ place: asked.place, judgement, note });
      asked.answer = await fetched("judge", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    } catch (error) { return trouble(error); }
    judged.set(asked.place, asked.answer);
    if (now === asked) draw();
  }
  function progress() {
    document.querySelector("#count").textContent = `${now.place + 1} of ${now.n}`;
    document.querySelector("#bar i").style.width = `${(100 * judged.size) / now.n}%`;
  }
  const back = () => now && now.place > 0 && open(now.place - 1);
  function next() {
    if (!now || !now.answer) return;
    if (now.place + 1 < now.n) open(now.place + 1);
    else finish();
  }
  function finish() {
    const found = now.answer.agreement;
    const table = element("table", "plain");
    const percent = (share) => `${(100 * share).toFixed(1)}%`;
    for (const [key, name] of [["all", "all labels"], ["correct", "labelled correct"], ["incorrect", "labelled incorrect"]]) {
      const part = found[key];
      const said = part.n ? `${percent(part.share)} (95%: ${percent(part.interval[0])} to ${percent(part.interval[1])})` : "none judged";
      const row = element("tr", "", element("td", "", name), element("td", "num", `${part.agreed} of ${part.n}`), element("td", "num", said));
      table.append(row);
    }
    page.replaceChildren(
      element("h1", "", "Agreement"),
      element("p", "note", `${found.judged} ${found.judged === 1 ? "label" : "labels"} judged by ${found.people} ${found.people === 1 ? "person" : "people"}, ${found.unsure} unsure.`),
      table, element("p", "note", "Kept in review.jsonl beside the dataset. You can close this page."),
    );
    page.dataset.place = "end";
    document.querySelector("#count").textContent = "";
    fetch("done", { method: "POST" }).catch(() => { /* it was ended already */ });
    now = null;
  }
  document.addEventListener("keydown", (event) => {
    if (event.target.tagName === "INPUT") { if (event.key === "Escape") event.target.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || !now) return;
    if (KEYS[event.key]) { event.preventDefault(); judge(KEYS[event.key], page.querySelector(".answers input").value); }
    else if (event.key === "j" || (event.key === "Enter" && event.target === document.body)) next();
    else if (event.key === "k") back();
  });
  // After a reload: the question that was open, with what was judged before it; anew: the first that is not judged.
  for (const place of JSON.parse(page.dataset.judged)) judged.set(place, null);
  const left = location.hash.slice(1);
  open(/^\d+$/.test(left) ? Math.min(Number(left), Number(page.dataset.n) - 1) : Number(page.dataset.first));
})();
