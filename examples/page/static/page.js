"use strict";

// A menu closes when something else is chosen, and with the key Escape.
for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// A form is sent once.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// An import shows how far it has come, and then its report.
const job = document.getElementById("job");
if (job && job.dataset.events) {
  const events = new EventSource(job.dataset.events);
  events.onmessage = (event) => {
    const now = JSON.parse(event.data);
    document.getElementById("progress").value = now.percent;
    for (const cell of job.querySelectorAll("[data-count]")) cell.textContent = now.counts[cell.dataset.count];
    if (!now.done) return;
    events.close();
    location.reload();
  };
}

// What is wrong with a form is read first.
const alert = document.querySelector("[role=alert] a[href^='#f-']");
if (alert) alert.focus();
