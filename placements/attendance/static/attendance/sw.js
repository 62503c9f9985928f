// The tutor's portal without a network. It keeps the shell and its files, which hold nobody's data; taps that nobody hears go to the store.
"use strict";

const VERSION = "{version}";
const KEEP = ["{keep}"];
const [SHELL] = KEEP;
const HOME = new URL(self.registration.scope).pathname;
const CACHE = `portal-${VERSION}`;
const PATIENCE = 8000; // ms: on a mountain a request that takes longer is lost

importScripts(KEEP.find((url) => /\/store(\.[0-9a-f]+)?\.js$/.test(url))); // its name may carry a hash

self.addEventListener("install", (event) => {
  const fresh = KEEP.map((url) => new Request(url, { cache: "reload", credentials: "same-origin" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (keys) => Promise.all(keys.filter((key) => key.startsWith("portal-") && key !== CACHE).map((key) => caches.delete(key)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST") {
    if (self.Portal.isTap(url.pathname)) event.respondWith(tap(request, url.pathname));
  } else if (request.method !== "GET") {
    return;
  } else if (request.mode === "navigate" && url.pathname.startsWith(HOME)) {
    event.respondWith(page(request));
  } else if (KEEP.includes(url.pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(url.pathname)));
  }
});

const timed = (request) =>
  Promise.race([fetch(request), new Promise((_, reject) => setTimeout(() => reject(new Error("too slow")), PATIENCE))]);

async function page(request) {
  try {
    return await timed(request);
  } catch {
    return (await caches.match(SHELL)) || Response.error();
  }
}

// A tap goes to the server, unless others wait before it. Unheard, or refused because nobody is signed in, it is kept and sent later.
async function tap(request, path) {
  const copy = request.clone();
  const isFirst = !(await self.Portal.count());
  if (isFirst) {
    try {
      const answer = await timed(request);
      if (![401, 403, 502, 503, 504].includes(answer.status)) return answer;
    } catch {
      // no network: kept below
    }
  }
  await self.Portal.keep(path, new URLSearchParams(await copy.text()));
  if (request.mode === "navigate") return Response.redirect(HOME, 303);
  return new Response(null, { status: 204, headers: { "HX-Redirect": HOME } });
}
