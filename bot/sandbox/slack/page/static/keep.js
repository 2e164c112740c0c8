// Replaces a part of the page and gives the new part what the person had in the old one.

export function keep(old, replace) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const caret = focused?.selectionStart === undefined ? null : [focused.selectionStart, focused.selectionEnd];
  const changed = [...old.querySelectorAll("input, textarea, select")].filter(isChanged);
  const asking = [...old.querySelectorAll("dialog.confirm:modal")];
  if (old.open) old.close();
  const fresh = replace() ?? old;
  changed.forEach(restore);
  asking.forEach(askAgain);
  if (old.matches("dialog") && fresh.open) { fresh.removeAttribute("open"); fresh.showModal(); }
  if (focused) refocus(document.getElementById(focused.id) ?? fresh, caret);
}

function isChanged(field) {
  if (!field.id || field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function restore(field) {
  const now = document.getElementById(field.id);
  if (!now || now.type !== field.type) return;
  now.value = field.value;
  if ("checked" in now) now.checked = field.checked;
}

// A question stays open only if it still reads the same: nobody confirms what they did not read.
function askAgain(dialog) {
  const now = document.getElementById(dialog.id);
  if (now && now.textContent === dialog.textContent) now.showModal();
}

function refocus(element, caret) {
  element.focus({ preventScroll: true });
  if (caret && element.setSelectionRange) element.setSelectionRange(...caret);
}
