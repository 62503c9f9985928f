// What the tutor's telephone keeps, for the page and for the service worker: a week of planned minutes, and taps that nobody heard yet.
(() => {
  "use strict";

  const WEEK = 7 * 24 * 3600 * 1000;
  const DAY = /\/presenze\/([0-9a-f-]{36})\/registra\/$/;
  const WORD = /\/presenze\/([0-9a-f-]{36})\/parola\/$/;
  const CONFIRM = /\/presenze\/settimana\/conferma\/$/;

  const opened = () =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open("presenze", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("meta");
        request.result.createObjectStore("taps", { keyPath: "n", autoIncrement: true });
        request.result.createObjectStore("refused", { keyPath: "submission" });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  // One small transaction: `work(store)` returns the request whose result is wanted. The connection is closed, so that signing out may delete.
  const within = async (name, mode, work) => {
    const db = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = db.transaction(name, mode);
        const request = work(transaction.objectStore(name));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      });
    } finally {
      db.close();
    }
  };

  const Portal = {
    taps: () => within("taps", "readonly", (store) => store.getAll()),
    count: () => within("taps", "readonly", (store) => store.count()),
    forget: (n) => within("taps", "readwrite", (store) => store.delete(n)),
    refused: () => within("refused", "readonly", (store) => store.getAll()),
    refuse: (row) => within("refused", "readwrite", (store) => store.put(row)),
    settle: (submission) => within("refused", "readwrite", (store) => store.delete(submission)),
    saveWeek: (week) => within("meta", "readwrite", (store) => store.put({ ...week, kept: Date.now(), skew: Date.parse(week.at) - Date.now() }, "week")),

    // Names and plans are kept for seven days, and no longer; so is what an inspector is shown.
    async fresh(key) {
      const found = await within("meta", "readonly", (store) => store.get(key));
      if (!found || Date.now() - found.kept < WEEK) return found || null;
      await Portal.drop(key);
      return null;
    },
    drop: (key) => within("meta", "readwrite", (store) => store.delete(key)),
    week: () => Portal.fresh("week"),
    inspection: () => Portal.fresh("inspection"),
    saveInspection: (found) => within("meta", "readwrite", (store) => store.put({ ...found, kept: Date.now() }, "inspection")),

    // The day by the server's clock, in the telephone's time zone.
    today(week) {
      const now = new Date(Date.now() + (week ? week.skew : 0));
      return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
    },

    add: (tap) => within("taps", "readwrite", (store) => store.add(tap)),

    // `3:30`, `3,5`, `3` as whole minutes; null when nothing is written, -1 when it is no time: the server then says so in words.
    minutes(text) {
      const value = String(text || "").trim().toLowerCase();
      if (!value) return null;
      const clock = /^(\d{1,2})\s*(?::|h)\s*([0-5]\d)$/.exec(value);
      if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
      const decimal = /^(\d{1,2})(?:[.,](\d{1,2}))?\s*h?$/.exec(value);
      return decimal ? Math.round(Number(`${decimal[1]}.${decimal[2] || 0}`) * 60) : -1;
    },

    isTap: (path) => CONFIRM.test(path) || DAY.test(path) || WORD.test(path),

    // Keep what a form would have sent; with its own uuid, so that a post the server did hear counts once.
    async keep(path, values) {
      const week = await Portal.week();
      const today = Portal.today(week);
      const tap = {
        submission: values.get("_submission") || crypto.randomUUID(),
        basis: week ? week.at : "",
        holder: week ? week.holder : "",
      };
      const day = DAY.exec(path);
      const word = WORD.exec(path);
      if (day) {
        const outcome = values.get("outcome") || "";
        Object.assign(tap, { kind: "day", placement: day[1], day: values.get("day") || today, outcome });
        tap.minutes = outcome === "present" ? Portal.minutes(values.get("minutes")) : null;
      } else if (word) {
        Object.assign(tap, { kind: "word", placement: word[1], word: values.get("word") || "" });
      } else if (CONFIRM.test(path)) {
        const sunday = new Date(`${values.get("monday") || today}T12:00:00`);
        sunday.setDate(sunday.getDate() + 6 - ((sunday.getDay() + 6) % 7));
        const last = sunday.toISOString().slice(0, 10);
        Object.assign(tap, { kind: "week", day: last < today ? last : today });
      } else {
        return false;
      }
      await Portal.add(tap);
      return true;
    },

    async clear() {
      for (const name of ["meta", "taps", "refused"]) await within(name, "readwrite", (store) => store.clear());
      if (self.caches) for (const key of await caches.keys()) await caches.delete(key);
    },
  };

  self.Portal = Portal;
})();
