// Comforts only: every page works without this file.
(() => {
  "use strict";

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    const search = document.querySelector("#search[aria-keyshortcuts]"); // without it the user has switched the key off
    if (event.key === "/" && search && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
    if (event.key === "Escape") {
      const menu = document.querySelector(".user-menu[open], .burger[open], .bar-later[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".user-menu[open], .burger[open], .bar-later[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  const focusErrors = (root) => root.querySelector("[data-error-summary]")?.focus();
  focusErrors(document);
  document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));

  // A second click must not send a second form. The buttons come back when the page is shown again, or after eight seconds (a download).
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[type=submit]").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.querySelectorAll("[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(release, 8000, form);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
    const source = event.detail.elt;
    if (source.dataset.suggest) event.detail.parameters = { [source.dataset.suggest]: source.value };
  });
})();
