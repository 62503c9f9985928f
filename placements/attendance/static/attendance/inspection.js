// In case of inspection: the telephone keeps who is there and what there is to show, says of what hour that is, and shows it without a
// network. No file is kept: numbers, days and the addresses that anybody can check. Signing out wipes it with the rest of the store.
(() => {
  "use strict";

  const keeper = document.getElementById("inspection-keeper");
  if (!keeper || !("serviceWorker" in navigator) || !("indexedDB" in window) || !self.Portal) return;
  const { Portal } = self;
  const at = keeper.dataset;
  const HALF_A_DAY = 12 * 3600 * 1000;
  const isHere = location.pathname.startsWith(at.page);
  const shell = document.querySelector("[data-shell]");

  // True when the server answered; a refusal leaves what is kept until somebody signs out.
  const refresh = async () => {
    const answer = await fetch(at.data, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.ok) await Portal.saveInspection(await answer.json());
    return answer.ok;
  };

  const keep = async () => {
    const kept = await Portal.inspection();
    const isOthers = kept && kept.holder !== at.holder;
    if (isOthers) await Portal.drop("inspection");
    if (isHere || isOthers || !kept || Date.now() - kept.kept > HALF_A_DAY) await refresh();
  };

  // --- Without a network

  const templates = shell && Object.fromEntries([...shell.querySelectorAll("template")].map((el) => [el.dataset.name, el]));
  const copy = (name) => templates[name].content.firstElementChild.cloneNode(true);
  const fill = (node, values) => {
    for (const [name, value] of Object.entries(values)) {
      const el = node.querySelector(`[data-fill="${name}"]`);
      el.textContent = value;
      (el.closest("[data-if]") || el).hidden = !value;
    }
    return node;
  };

  const personOf = (person) => {
    const node = fill(copy("inspected"), {
      name: person.name,
      since: person.days[0],
      until: person.days[1],
      tutor: person.tutor,
      planned: person.planned,
      missing: person.missing.join(", "),
    });
    for (const proof of person.proofs) {
      const line = fill(copy("proof"), { title: proof.title, words: proof.words, check: proof.check });
      node.querySelector("[data-proofs]").append(line);
    }
    return node;
  };

  const officeOf = (office) => {
    const node = fill(copy("office"), { name: office.name, phone: office.phone, pec: office.pec, people: office.people.join("; ") });
    if (office.phone) node.querySelector("a").href = `tel:${office.phone.replace(/[^+\d]/g, "")}`;
    return node;
  };

  const draw = async () => {
    const kept = await Portal.inspection();
    const page = copy(kept ? "inspection" : "inspection-none");
    shell.replaceChildren(page);
    if (!kept) return;
    const hour = new Date(kept.at).toLocaleString(document.documentElement.lang || "it", { dateStyle: "long", timeStyle: "short" });
    fill(page, { hour });
    for (const site of kept.sites) {
      const node = fill(copy("inspected-site"), { name: site.name, comune: site.comune });
      node.querySelector("[data-people]").append(...site.people.map(personOf));
      node.querySelector("[data-offices]").append(...site.offices.map(officeOf));
      page.querySelector("[data-sites]").append(node);
    }
  };

  if (shell) {
    if (!isHere) return;
    draw();
    setInterval(() => refresh().then((isHeard) => isHeard && location.reload()).catch(() => {}), 15000);
    return;
  }
  navigator.serviceWorker.register(at.worker, { scope: at.home }).catch(() => {});
  keep().catch(() => {});
})();
