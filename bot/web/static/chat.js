// Sends without leaving the page. Without this script the same forms still work, one page a turn.
"use strict";

const log = document.getElementById("log");
const box = document.getElementById("text");
const waiting = document.getElementById("waiting");
const problem = document.getElementById("problem");
const PATIENCE = 30000;

async function send(fields) {
  waiting.hidden = false;
  problem.textContent = "";
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE);
  try {
    const answer = await fetch("/chat/turn", { method: "POST", body: fields, signal: abort.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    log.insertAdjacentHTML("beforeend", await answer.text());
    log.lastElementChild.scrollIntoView({ block: "nearest" });
    return true;
  } catch (error) {
    const kind = error.name === "AbortError" ? "slow" : "offline";
    problem.textContent = document.body.dataset[kind];
    return false;
  } finally {
    clearTimeout(timer);
    waiting.hidden = true;
  }
}

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const fields = new URLSearchParams(new FormData(form));
  const pressed = event.submitter;
  if (pressed && pressed.name) {
    fields.set(pressed.name, pressed.value);
    if (pressed.name === "payload") fields.set("label", pressed.textContent.trim());
  }
  const buttons = document.querySelectorAll("button");
  buttons.forEach((button) => { button.disabled = true; });
  const sent = await send(fields);
  buttons.forEach((button) => { button.disabled = false; });
  if (sent && form.id === "ask") box.value = "";
  box.focus();
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    box.form.requestSubmit();
  }
});
