// Asks the browser's authenticator what the form's data-options say, puts its answer into the form, and sends it.
(() => {
  const form = document.getElementById("passkey");
  const button = document.getElementById("ask");
  const trouble = document.getElementById("trouble");
  const say = (text) => { trouble.textContent = text; trouble.hidden = false; };
  if (!window.PublicKeyCredential) {
    say("This browser knows no passkeys.");
    return;
  }
  button.disabled = false;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));
  const create = form.dataset.create === "true";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.hidden = true;
    const asked = JSON.parse(form.dataset.options).publicKey;
    asked.challenge = bytes(asked.challenge);
    try {
      let made;
      if (create) {
        asked.user.id = bytes(asked.user.id);
        asked.excludeCredentials = named(asked.excludeCredentials);
        made = await navigator.credentials.create({ publicKey: asked });
      } else {
        asked.allowCredentials = named(asked.allowCredentials);
        made = await navigator.credentials.get({ publicKey: asked });
      }
      const response = {};
      for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
        if (made.response[part]) response[part] = text(made.response[part]);
      }
      if (create && made.response.getTransports) response.transports = made.response.getTransports();
      form.elements.credential.value = JSON.stringify({
        id: made.id, rawId: text(made.rawId), type: made.type, response,
        clientExtensionResults: made.getClientExtensionResults(),
      });
      form.submit();
    } catch (error) {
      say(error.name === "InvalidStateError" ? "This device has a passkey of yours already." : "No passkey was used. Try again, or sign in another way.");
    }
  });
})();
