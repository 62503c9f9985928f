// The tutor's telephone: keeps a week, sends what waited, shows what did not go through. Every page works without this file.
(() => {
  "use strict";

  const root = document.getElementById("portal");
  if (!root || !("serviceWorker" in navigator) || !("indexedDB" in window) || !self.Portal) return;
  const { Portal } = self;
  const at = root.dataset;
  const slot = root.querySelector("[data-slot]");
  const isInspection = location.pathname.startsWith(at.inspection); // inspection.js draws that one
  const isShell = Boolean(document.querySelector("[data-shell]")) && !isInspection;
  const language = document.documentElement.lang || "it";
  let busy = false;
  let trouble = ""; // "offline", "sign-in", "other"

  navigator.serviceWorker.register(at.worker, { scope: at.home }).catch(() => {});

  // --- Small helpers

  const labels = Object.fromEntries([...root.querySelectorAll("[data-labels] [data-code]")].map((el) => [el.dataset.code, el.textContent]));
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const noon = (day) => new Date(`${day}T12:00:00`);
  const dayName = (day) => capital(noon(day).toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" }));
  const shortDay = (day) => capital(noon(day).toLocaleDateString(language, { weekday: "short", day: "numeric", month: "short" }));
  const hours = (minutes) => {
    const [whole, rest] = [Math.floor(minutes / 60), minutes % 60];
    return [whole || !rest ? `${whole}\u00a0h` : "", rest ? `${rest}\u00a0min` : ""].filter(Boolean).join("\u00a0");
  };
  const copy = (name, holder = root) => holder.querySelector(`template[data-name="${name}"]`).content.firstElementChild.cloneNode(true);
  const fill = (node, values) => {
    for (const [name, value] of Object.entries(values)) {
      for (const el of node.querySelectorAll(`[data-fill="${name}"]`)) el.textContent = value;
    }
    return node;
  };
  const toggle = (node, name, shown) => node.querySelectorAll(`[data-if="${name}"]`).forEach((el) => (el.hidden = !shown));

  // --- The week as it stands with the taps that wait

  const monday = (day) => {
    const date = noon(day);
    date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
    return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
  };

  const laid = (week, taps) => {
    const people = week.people.map((person) => ({ ...person, days: new Map(person.days.map((day) => [day.day, { ...day }])) }));
    const on = (person, day) => {
      if (!person.days.has(day)) person.days.set(day, { day, planned: 0, at: "", outcome: "", label: "", minutes: 0, open: true, word: "", word_at: "" });
      return person.days.get(day);
    };
    for (const tap of taps) {
      for (const person of people) {
        if (tap.kind === "week") {
          for (const row of person.days.values()) {
            if (row.planned && !row.outcome && row.open && !person.paused && row.day <= tap.day && row.day >= monday(tap.day)) {
              Object.assign(row, { outcome: "present", label: labels.present, minutes: row.planned, waits: true });
            }
          }
        } else if (tap.placement === person.id && tap.kind === "day") {
          const row = on(person, tap.day);
          const isOver = tap.outcome === "withdrawn";
          Object.assign(row, { outcome: isOver ? "" : tap.outcome, label: isOver ? "" : labels[tap.outcome] || tap.outcome, waits: true });
          row.minutes = tap.outcome === "present" ? (tap.minutes ?? row.planned) : 0;
        } else if (tap.placement === person.id && tap.kind === "word") {
          Object.assign(on(person, Portal.today(week)), { word: tap.word, word_at: "" });
        }
      }
    }
    return people;
  };

  // --- What stands above the page: no network, taps that wait, what did not go through

  const show = async () => {
    if (isInspection && document.querySelector("[data-shell]")) return; // it says itself that there is no network
    const [taps, refused, week] = [await Portal.taps(), await Portal.refused(), await Portal.week()];
    const names = Object.fromEntries((week ? week.people : []).map((person) => [person.id, person.name]));
    const parts = [];
    if (trouble === "other") parts.push(copy("other"));
    else if (trouble === "sign-in" && taps.length) parts.push(fill(copy("sign-in"), { n: taps.length }));
    else if (trouble === "offline" || isShell) {
      const node = fill(copy("offline"), { n: taps.length });
      toggle(node, "waiting", taps.length > 0);
      parts.push(node);
    } else if (taps.length) parts.push(fill(copy("waiting"), { n: taps.length }));
    for (const row of refused) {
      const node = copy("refused");
      const what = [names[row.placement] || row.name, row.day && dayName(row.day), labels[row.outcome || row.word] || ""];
      fill(node, { what: what.filter(Boolean).join(", "), words: row.words });
      const link = node.querySelector("a");
      link.href = row.url || at.home;
      link.hidden = !row.url;
      const ask = node.querySelector('[data-act="ask"]');
      ask.hidden = !row.can_ask;
      ask.addEventListener("click", async () => {
        await Portal.add({ kind: "ask", submission: crypto.randomUUID(), placement: row.placement, day: row.day, outcome: row.outcome, holder: row.holder, basis: row.basis });
        await Portal.settle(row.submission);
        await show();
        await flush();
      });
      node.querySelector('[data-act="drop"]').addEventListener("click", async () => {
        await Portal.settle(row.submission);
        await show();
      });
      parts.push(node);
    }
    slot.replaceChildren(...parts);
    if (isShell) draw(week, taps);
  };

  // --- The server

  const refresh = async () => {
    const answer = await fetch(at.data, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.status === 401 || answer.status === 403) {
      trouble = "sign-in";
      return null;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const { csrf, ...fresh } = await answer.json();
    const waiting = (await Portal.taps()).filter((tap) => tap.holder && tap.holder !== fresh.holder);
    trouble = waiting.length ? "other" : "";
    await Portal.saveWeek(fresh);
    return csrf;
  };

  const send = async (csrf) => {
    let sent = 0;
    for (let taps = await Portal.taps(); taps.length; taps = await Portal.taps()) {
      const some = taps.slice(0, 40);
      const answer = await fetch(at.sync, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
        body: JSON.stringify({ taps: some }),
      });
      if (answer.status === 401 || answer.status === 403) {
        trouble = "sign-in";
        return sent;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const answers = (await answer.json()).answers;
      for (const [i, row] of answers.entries()) {
        if (row.state === "refused") await Portal.refuse({ ...some[i], ...row });
        await Portal.forget(some[i].n);
        sent += 1;
      }
      if (!answers.length) return sent;
    }
    return sent;
  };

  const flush = async () => {
    if (busy) return;
    busy = true;
    let sent = 0;
    try {
      const csrf = await refresh();
      if (csrf && trouble !== "other" && (await Portal.count())) {
        sent = await send(csrf);
        if (sent) await refresh();
      }
    } catch {
      trouble = "offline";
    } finally {
      busy = false;
    }
    const isTyping = document.activeElement && document.activeElement.matches("input:not([type=hidden]), textarea");
    if (!trouble && (isShell || (sent && [at.home, at.week].includes(location.pathname))) && !isTyping) {
      // The server's own page says it better.
      if ([at.home, at.week].includes(location.pathname) || !isShell) location.reload();
      else location.replace(at.home);
      return;
    }
    await show();
  };

  // --- The shell: today and the week from the store

  const shell = document.querySelector("[data-shell]");

  const say = async (values) => {
    const week = await Portal.week();
    await Portal.add({ submission: crypto.randomUUID(), basis: week ? week.at : "", holder: week ? week.holder : "", ...values });
    await show();
    flush();
  };

  const card = (person, row, today, isKnown) => {
    const node = fill(copy("card", shell), {
      name: person.name,
      plan: row.planned ? hours(row.planned) : "",
      at: row.at,
      said: row.outcome === "present" ? `${capital(labels.present)}, ${row.minutes ? hours(row.minutes) : ""}`.replace(/, $/, "") : capital(row.label),
      word: [capital(labels[row.word] || ""), row.word_at].filter(Boolean).join(", "),
    });
    if (row.word) node.querySelector(".word-said img").src = `${at.pictures}word-${row.word}.svg`;
    const title = node.querySelector("h2");
    title.id = `name-${person.id}`;
    node.setAttribute("aria-labelledby", title.id);
    const said = Boolean(row.outcome);
    toggle(node, "planned", !person.paused && row.planned > 0);
    toggle(node, "at", Boolean(row.at));
    toggle(node, "unplanned", !person.paused && !row.planned);
    toggle(node, "paused", person.paused);
    toggle(node, "said", said && !person.paused);
    toggle(node, "waits", Boolean(row.waits));
    toggle(node, "word", Boolean(row.word));
    toggle(node, "closed", !said && !row.open && !person.paused);
    // A day outside the plan takes its hours; of a day beyond the week that is kept, the server knows the plan.
    const isAsked = !said && row.open && !person.paused;
    const isOutside = !row.planned && isKnown;
    toggle(node, "ask", isAsked && !isOutside);
    toggle(node, "hours", isAsked);
    toggle(node, "more", !isOutside);
    toggle(node, "anyway", isOutside);
    node.classList.toggle("is-quiet", isAsked && isOutside);
    toggle(node, "undo", said && row.open && !person.paused);
    node.querySelector(".said").classList.add(row.outcome === "present" ? "tone-ok" : "tone-warn");
    node.querySelectorAll("[data-say]").forEach((button) =>
      button.addEventListener("click", () => say({ kind: "day", placement: person.id, day: today, outcome: button.dataset.say, minutes: null })),
    );
    const more = node.querySelector("[data-hours]");
    more.addEventListener("submit", (event) => {
      event.preventDefault();
      const field = more.querySelector("input");
      const minutes = Portal.minutes(field.value);
      const isWrong = minutes === null || minutes < 1 || minutes > 720;
      more.querySelector("[data-wrong]").hidden = !isWrong;
      if (isWrong) field.focus();
      else say({ kind: "day", placement: person.id, day: today, outcome: "present", minutes });
    });
    const field = more.querySelector("input");
    field.id = `hours-${person.id}`;
    more.querySelector("label").htmlFor = field.id;
    return node;
  };

  const weekCard = (person, week, today) => {
    const days = [...person.days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
    const done = days.reduce((sum, row) => sum + row.minutes, 0);
    const planned = days.reduce((sum, row) => sum + row.planned, 0);
    const node = fill(copy("week", shell), { name: person.name, done: hours(done), planned: hours(planned) });
    node.querySelector("h2").id = `week-${person.id}`;
    node.setAttribute("aria-labelledby", `week-${person.id}`);
    const list = node.querySelector("ul");
    for (const row of days) {
      const line = fill(copy("row", shell), { day: shortDay(row.day), label: row.label, hours: hours(row.minutes || row.planned) });
      toggle(line, "present", row.outcome === "present");
      toggle(line, "absent", Boolean(row.outcome) && row.outcome !== "present");
      toggle(line, "open", !row.outcome && row.day <= today);
      toggle(line, "ahead", !row.outcome && row.day > today);
      toggle(line, "waits", Boolean(row.waits));
      list.append(line);
    }
    return node;
  };

  const draw = (week, taps) => {
    const isWeek = location.pathname === at.week;
    const today = Portal.today(week);
    const title = shell.querySelector("[data-title]");
    title.textContent = isWeek ? at.weekTitle : at.todayTitle;
    shell.querySelector("[data-lead]").textContent = isWeek ? "" : dayName(today);
    document.querySelectorAll(".phone-nav a").forEach((link) => {
      if (link.pathname === (isWeek ? at.week : at.home)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    const cards = shell.querySelector("[data-cards]");
    const open = [...cards.querySelectorAll("details[open]")].map((el) => el.closest("section").getAttribute("aria-labelledby"));
    if (!week) {
      cards.replaceChildren(copy("empty", shell));
      shell.querySelector("[data-confirm]").hidden = true;
      return;
    }
    const people = laid(week, taps);
    const blank = { day: today, planned: 0, at: "", outcome: "", label: "", minutes: 0, open: true, word: "", word_at: "" };
    if (isWeek) {
      cards.replaceChildren(...people.filter((person) => person.days.size).map((person) => weekCard(person, week, today)));
    } else {
      const mine = people.filter((person) => person.runs).map((person) => [person, person.days.get(today) || { ...blank }]);
      mine.sort(([, a], [, b]) => Number(!a.planned) - Number(!b.planned) || (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      cards.replaceChildren(...mine.map(([person, row]) => card(person, row, today, monday(today) === monday(week.today))));
      for (const id of open) {
        const details = cards.querySelector(`[aria-labelledby="${id}"] details`);
        if (details) details.open = true;
      }
    }
    const waiting = people.flatMap((p) => (p.paused ? [] : [...p.days.values()].filter((d) => d.planned && !d.outcome && d.open && d.day <= today)));
    const bar = shell.querySelector("[data-confirm]");
    bar.hidden = !isWeek || !waiting.length;
    fill(bar, { n: waiting.length });
    bar.querySelector("button").onclick = () => say({ kind: "week", day: today });
  };

  // --- Going away: what waits is sent first, or its loss is said; then the telephone forgets

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (![at.signOut, at.leave].includes(new URL(form.action, location.href).pathname) || form.dataset.cleared) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      (async () => {
        if (!form.dataset.warned) {
          await flush();
          const n = await Portal.count();
          if (n) {
            form.dataset.warned = "1";
            const node = fill(copy("leaving"), { n });
            slot.prepend(node);
            node.querySelector("button").addEventListener("click", () => form.requestSubmit());
            node.querySelector("button").focus();
            return;
          }
        }
        await Portal.clear();
        form.dataset.cleared = "1";
        form.requestSubmit();
      })();
    },
    true,
  );

  window.addEventListener("online", flush);
  window.addEventListener("offline", () => {
    trouble = "offline";
    show();
  });
  setInterval(async () => {
    if (isShell || (await Portal.count())) flush();
  }, 15000);
  if (isShell) show();
  flush();
})();
