// Passkeys: the page's question goes to the browser, its answer into the form. Without this file the app's code does the same.
(() => {
  "use strict";

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => {
    let raw = "";
    for (const byte of new Uint8Array(buffer)) raw += String.fromCharCode(byte);
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const asked = (question) => {
    question.challenge = bytes(question.challenge);
    if (question.user) question.user.id = bytes(question.user.id);
    for (const list of [question.excludeCredentials, question.allowCredentials]) {
      for (const each of list || []) each.id = bytes(each.id);
    }
    return { publicKey: question };
  };

  const told = (found) => {
    const response = { clientDataJSON: text(found.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (found.response[name]) response[name] = text(found.response[name]);
    }
    return JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response, clientExtensionResults: {} });
  };

  for (const button of document.querySelectorAll("[data-passkey]")) {
    const form = button.form, failed = document.getElementById(button.dataset.failed);
    if (!window.PublicKeyCredential) continue;
    button.hidden = false;
    for (const each of document.querySelectorAll("[data-without-passkey]")) each.hidden = true;
    button.addEventListener("click", async () => {
      failed.hidden = true;
      try {
        const question = asked(JSON.parse(button.dataset.question));
        const make = button.dataset.passkey === "make";
        const found = await (make ? navigator.credentials.create(question) : navigator.credentials.get(question));
        form.elements.credential.value = told(found);
        form.requestSubmit();
      } catch {
        failed.hidden = false;
        failed.focus();
      }
    });
  }
})();
