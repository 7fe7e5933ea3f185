// Filters the list as one types. Without this script the whole list is there.
"use strict";

const form = document.getElementById("search");
const box = document.getElementById("typed");
const count = document.getElementById("count");
const results = document.getElementById("results");
const all = document.getElementById("all");

// The same as `searchable` does to the forms of the entries.
function searchable(text) {
  const folded = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
    .replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss").replace(/[’ʼ`]/g, "'");
  return (folded.match(/[\p{L}\p{N}]+/gu) || [folded.trim()]).join(" ");
}

const entries = Array.from(all.querySelectorAll("[data-forms]"), (item) => ({
  item, forms: item.dataset.forms.split("\n"), words: ` ${searchable(item.textContent)}`,
}));

// The lower the nearer: named so, written so, begins so, has a word that begins so, is explained so,
// or is a word of the question.
function distance(entry, wanted) {
  const [name, ...others] = entry.forms;
  const tests = [
    () => name === wanted,
    () => others.includes(wanted),
    () => name.startsWith(wanted),
    () => others.some((form) => form.startsWith(wanted)),
    () => entry.forms.some((form) => form.includes(` ${wanted}`)),
    () => wanted.split(" ").every((word) => entry.words.includes(` ${word}`)),
    () => entry.forms.some((form) => form.length > 1 && ` ${wanted} `.includes(` ${form} `)),
  ];
  const nearest = tests.findIndex((test) => test());
  return nearest < 0 ? Infinity : nearest;
}

function find(wanted) {
  return entries.map((entry) => [distance(entry, wanted), entry.item])
    .filter(([far]) => far < Infinity).sort(([one], [other]) => one - other)
    .map(([, item]) => item.cloneNode(true));
}

function told(number) {
  if (number === 0) return form.dataset.none;
  return number === 1 ? form.dataset.one : form.dataset.many.replace("{count}", number);
}

function show() {
  const wanted = searchable(box.value);
  const found = wanted ? find(wanted) : [];
  results.querySelector("ul").replaceChildren(...found);
  results.hidden = found.length === 0;
  all.hidden = wanted !== "";
  count.textContent = wanted ? told(found.length) : "";
}

box.addEventListener("input", show);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const first = results.querySelector("a");
  if (first) location.assign(first.href);
});
// A browser that comes back to the page gives the box what was typed.
window.addEventListener("pageshow", show);
form.hidden = false;
