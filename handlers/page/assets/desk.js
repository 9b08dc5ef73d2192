// What the admin's desk does beyond HTML. Every page works without it.
"use strict";

// On wide screens the menu is always open; on phones it opens by a click.
const rail = document.querySelector("details[data-rail]");
if (rail) {
  const wide = matchMedia("(min-width: 56.01rem)");
  const adjust = () => { rail.open = wide.matches; };
  wide.addEventListener("change", adjust);
  adjust();
}

// A choice in a search counts at once.
for (const select of document.querySelectorAll("form[data-search] select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// A form is sent once.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
