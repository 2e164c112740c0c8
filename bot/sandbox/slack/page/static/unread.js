// Marks the channels that hold something newer than this reader, in this browser, has seen there.

export function markUnread(root) {
  for (const link of root.querySelectorAll("#channels a[data-latest]")) {
    const key = `seen ${link.pathname}`;
    if (link.ariaCurrent) localStorage.setItem(key, link.dataset.latest);
    const unread = link.dataset.latest > (localStorage.getItem(key) ?? "");
    link.classList.toggle("unread", unread);
    link.querySelector(".new").hidden = !unread;
  }
}
