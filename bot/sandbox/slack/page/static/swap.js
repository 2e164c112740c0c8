// Swaps the regions of a page for freshly drawn ones: only pieces that look different are replaced, and focus, scroll
// position, half-typed text and open confirm dialogs are kept.

import { keep } from "./keep.js";

export function swap(fresh) {
  for (const region of fresh.querySelectorAll("[data-region]")) {
    const shown = document.getElementById(region.id);
    if (!shown) continue;
    const scroll = shown.closest(".scroll");
    const settle = scroll ? hold(scroll) : () => {};
    const arrived = region.querySelector(":scope > [data-digest]") || shown.querySelector(":scope > [data-digest]")
      ? pieces(shown, region)
      : whole(shown, region);
    settle(arrived);
  }
}

// A region without pieces is small: it is replaced when it looks different.
function whole(shown, region) {
  if (shown.innerHTML !== region.innerHTML) keep(shown, () => shown.replaceChildren(...region.childNodes));
  return [];
}

function pieces(shown, region) {
  const wanted = new Set([...region.children].map((piece) => piece.id));
  for (const piece of [...shown.children]) {
    if (wanted.has(piece.id)) continue;
    if (piece.open) piece.close();
    piece.remove();
  }
  const arrived = [];
  let next = shown.firstElementChild;
  for (const piece of [...region.children]) {
    const old = document.getElementById(piece.id);
    if (old && old !== next) shown.insertBefore(old, next);
    next = old?.nextElementSibling ?? (old ? null : next);
    if (old && old.dataset.digest === piece.dataset.digest) continue;
    piece.classList.add("fresh");
    if (old) {
      keep(old, () => { old.replaceWith(piece); return piece; });
    } else {
      shown.insertBefore(piece, next);
      arrived.push(piece);
    }
  }
  return arrived;
}

// Returns what puts the scroll position right afterwards. The column is reversed: 0 is its end, where it stays by itself.
function hold(scroll) {
  const atEnd = Math.abs(scroll.scrollTop) < 40;
  const top = scroll.getBoundingClientRect().top;
  const anchor = [...scroll.querySelectorAll(".message")].find((each) => each.getBoundingClientRect().bottom > top);
  const was = anchor?.getBoundingClientRect().top;
  return (arrived) => {
    if (atEnd || arrived.some((piece) => piece.classList.contains("news"))) {
      scroll.scrollTop = 0;
      return;
    }
    const same = anchor && document.getElementById(anchor.id);
    if (same) scroll.scrollTop += same.getBoundingClientRect().top - was;
    if (arrived.length) scroll.parentElement.querySelector(".newest").hidden = false;
  };
}
