// Keeps an open page live and sends its forms without leaving it. Everything here also works without this script.

import { localise } from "./time.js";
import { swap } from "./swap.js";
import { markUnread } from "./unread.js";

const banner = document.querySelector("body > .lost");
let revision = document.body.dataset.revision;
let looking = null;
let lookAgain = false;

// One look at a time; a change during a look asks for one more.
function look() {
  lookAgain = true;
  looking ??= (async () => {
    while (lookAgain) {
      lookAgain = false;
      await lookOnce();
    }
  })().finally(() => { looking = null; });
  return looking;
}

async function lookOnce() {
  const answer = await fetch(`${location.pathname}?fragment=1`).catch(() => null);
  if (!answer) return;
  if (!answer.ok) { location.reload(); return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  localise(fresh);
  markUnread(fresh);
  swap(fresh);
  revision = answer.headers.get("X-Revision");
  openModals();
}

function openModals() {
  for (const dialog of document.querySelectorAll("dialog[open]:not(:modal)")) {
    dialog.removeAttribute("open");
    dialog.showModal();
    dialog.querySelector("[aria-invalid], .blocks input, .blocks textarea, .blocks select")?.focus();
  }
}

// Forms

function outcomeLine(form) {
  return form.closest(".message, .composer, dialog.modal")?.querySelector(":scope .outcome");
}

async function send(form, fields, address = form.getAttribute("action")) {
  if (form.hasAttribute("aria-busy")) return { ok: false, error: "" };
  form.setAttribute("aria-busy", "true");
  const line = outcomeLine(form);
  if (line) line.textContent = "";
  const outcome = await post(address, fields);
  form.removeAttribute("aria-busy");
  if (line && outcome.error) line.textContent = outcome.error;
  return outcome;
}

async function post(address, fields) {
  try {
    const answer = await fetch(address, { method: "POST", body: fields, headers: { Accept: "application/json" } });
    if (!answer.ok) return { ok: false, error: `The sandbox refused this (${answer.status}). Load the page again.` };
    return await answer.json();
  } catch {
    return { ok: false, error: "The sandbox did not answer. Is it still running?" };
  }
}

async function typed(form) {
  const input = form.elements.text;
  const text = input.value;
  const fields = new URLSearchParams(new FormData(form));
  if (!text.trim()) return;
  input.value = "";
  keepDraft();
  const outcome = await send(form, fields);
  if (!outcome.ok && !input.value) input.value = text;
  await look();
}

async function submitted(form, submitter) {
  if (form.id === "composer") return typed(form);
  const menu = submitter?.closest("details[open]");
  if (menu) menu.open = false;
  if (submitter?.dataset.confirm) return ask(form, submitter);
  form.closest("dialog.confirm")?.close();
  await send(form, new URLSearchParams(new FormData(form, submitter)), submitter?.getAttribute("formaction") ?? undefined);
  await look();
  document.querySelector("dialog.modal [aria-invalid]")?.focus();
}

// The dialog's own form sends what was pressed; the value of a select goes with it.
function ask(form, submitter) {
  const dialog = document.getElementById(submitter.dataset.confirm);
  const chosen = new FormData(form).getAll(submitter.value);
  const value = chosen.length ? `/${encodeURIComponent(chosen.filter(Boolean).join(","))}` : "";
  dialog.querySelector("[name=press]").value = submitter.value + value;
  dialog.showModal();
}

// A link among the buttons opens, and the app hears of it.
function pressLink(link) {
  const form = link.closest("form");
  const fields = new URLSearchParams(new FormData(form));
  fields.set("press", link.dataset.press);
  return send(form, fields);
}

document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  event.preventDefault();
  submitted(event.target, event.submitter);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-press]");
  if (link) pressLink(link).then(look);
  const newest = event.target.closest(".newest");
  if (newest) newest.parentElement.querySelector(".scroll").scrollTop = 0;
});

// Esc closes what is on top: a menu, a modal (which the app may want to know), the lists on a phone, the thread.
document.addEventListener("cancel", (event) => {
  if (!event.target.matches("dialog.modal")) return;
  event.preventDefault();
  event.target.querySelector("form[data-close]").requestSubmit();
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open]")) return;
  const menu = document.querySelector("details.overflow[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
  if (location.hash === "#side") { location.hash = "#main"; return; }
  document.getElementById("leave")?.click();
});

// A half-typed message outlives a look at a thread.
const composer = document.getElementById("text");
const draft = `draft ${composer.form.getAttribute("action").split("?")[0]}`;

function keepDraft() {
  sessionStorage.setItem(draft, composer.value);
}

composer.addEventListener("input", keepDraft);
composer.value ||= sessionStorage.getItem(draft) ?? "";

document.addEventListener("scroll", (event) => {
  const pane = event.target.closest?.(".pane");
  if (pane && Math.abs(event.target.scrollTop) < 40) pane.querySelector(".newest").hidden = true;
}, true);

// The stream: open only while somebody looks, because a browser opens few connections to one server.
let stream = null;
let alarm = 0;

function listen() {
  stream = new EventSource("/live");
  stream.onopen = () => { clearTimeout(alarm); alarm = 0; banner.hidden = true; };
  // Another server may answer next, whose revisions mean something else.
  stream.onerror = () => { revision = ""; alarm ||= setTimeout(() => { banner.hidden = false; }, 3000); };
  stream.onmessage = (event) => { if (event.data !== revision) look(); };
}

document.addEventListener("visibilitychange", () => {
  stream?.close();
  stream = null;
  if (!document.hidden) listen();
});

localise(document);
markUnread(document);
openModals();
if (matchMedia("(hover: hover)").matches && !document.querySelector("dialog[open]")) composer.focus();
const opened = location.pathname.split("/")[4];
if (opened) document.getElementById(`channel-${opened}`)?.scrollIntoView({ block: "nearest" });
listen();
