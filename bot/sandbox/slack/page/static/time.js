// Writes every <time data-form> in the reader's own zone, as Slack's date patterns ask.

const DAY = 86_400_000;

export function localise(root) {
  for (const time of root.querySelectorAll("time[data-form]")) {
    const at = new Date(time.dateTime);
    time.title = words(at, { dateStyle: "full", timeStyle: "medium" });
    time.textContent = time.dataset.form.replace(/\{(\w+)\}/g, (token, name) => FORMS[name]?.(at) ?? token);
  }
}

const FORMS = {
  stamp: (at) => (sameDay(at, new Date()) ? "" : `${FORMS.date_short(at)}, `) + FORMS.time(at),
  date_num: (at) => [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-"),
  date: (at) => words(at, { dateStyle: "long" }),
  date_short: (at) => words(at, { dateStyle: "medium" }),
  date_long: (at) => words(at, { dateStyle: "full" }),
  date_pretty: (at) => nearby(at) ?? FORMS.date(at),
  date_short_pretty: (at) => nearby(at) ?? FORMS.date_short(at),
  date_long_pretty: (at) => nearby(at) ?? FORMS.date_long(at),
  time: (at) => `${two(at.getHours())}:${two(at.getMinutes())}`,
  time_secs: (at) => `${FORMS.time(at)}:${two(at.getSeconds())}`,
  ago: (at) => ago(at),
};

function words(at, form) {
  return new Intl.DateTimeFormat("en", form).format(at);
}

function two(number) {
  return String(number).padStart(2, "0");
}

function sameDay(one, other) {
  return one.toDateString() === other.toDateString();
}

function nearby(at) {
  const near = { "-1": "yesterday", 0: "today", 1: "tomorrow" };
  const days = Object.keys(near).find((days) => sameDay(at, new Date(Date.now() + days * DAY)));
  return near[days];
}

function ago(at) {
  const minutes = Math.round((at - Date.now()) / 60_000);
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
}
