/* Progressive enhancement: every page works without it. Running clocks, forms that are sent once, drafts that are
   kept, uploads with progress, keyboard moves in tables, and what changes is said aloud. */
(() => {
  "use strict";

  const root = document.documentElement;
  const words = JSON.parse(document.getElementById("clock-words")?.textContent || "{}");
  const lead = Date.parse(root.dataset.now) - Date.now();
  const now = () => Date.now() + lead;
  const each = (selector, act, within = document) => within.querySelectorAll(selector).forEach(act);

  const say = (text) => {
    const announcer = document.getElementById("announcer");
    if (announcer) announcer.textContent = text;
  };

  /* Clocks: the same words and units as on the server. */

  const put = (pattern, name, value) => pattern.replace(name, String(value));

  const span = (milliseconds) => {
    const minutes = Math.floor(Math.abs(milliseconds) / 60000);
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor((minutes % 1440) / 60);
    const rest = minutes % 60;
    if (minutes < 1) return words.moment;
    const dayText = words[days === 1 ? "day" : "days"].replace(/%\(count\)d|\d+/, String(days));
    const hourText = put(words.hours, "%(count)d", hours);
    const minuteText = put(words.minutes, "%(count)d", rest);
    if (days >= 7 || (days && !hours)) return dayText;
    if (days) return `${dayText} ${hourText}`;
    if (hours && rest) return `${hourText} ${minuteText}`;
    return hours ? hourText : minuteText;
  };

  const tick = () => {
    const moment = now();
    each("[data-relative]", (element) => {
      const at = Date.parse(element.dataset.relative);
      element.textContent = put(at > moment ? words.in : words.ago, "%(span)s", span(at - moment));
    });
    each("[data-clock]", (element) => {
      const left = Date.parse(element.dataset.clock) - moment;
      const state = left < 0 ? "late" : left <= 86400000 ? "soon" : "calm";
      if (state === "late" && !element.classList.contains("clock-late")) say(words.late_now);
      element.classList.remove("clock-late", "clock-soon", "clock-calm");
      element.classList.add(`clock-${state}`);
      const text = element.querySelector(".clock-left");
      if (text) text.textContent = put(left < 0 ? words.overdue : words.left, "%(span)s", span(left));
    });
  };

  /* Forms are sent once; coming back by the back button makes them usable again. Without a network they stay, with all
     that was typed, instead of giving way to the browser's own page of errors. */

  const tell = (place, text) => {
    const told = document.createElement("p");
    told.className = "soft told-here";
    told.setAttribute("role", "status");
    document.querySelectorAll(".told-here").forEach((old) => old.remove());
    place.after(told);
    told.textContent = text;
  };

  const release = (form) => {
    delete form.dataset.sent;
    each("button", (button) => button.removeAttribute("aria-disabled"), form);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      event.stopImmediatePropagation();
      tell(event.submitter || form.lastElementChild, words.offline);
      return;
    }
    form.dataset.sent = "yes";
    each("button", (button) => button.setAttribute("aria-disabled", "true"), form);
  }, true);

  window.addEventListener("pageshow", () => each("[data-once]", release));

  /* Drafts: what was typed stays on this device until it is done, or until signing out. `data-draft-known`: the server has
     what was sent and shows it, so that only what was not sent comes back. */

  const PREFIX = "makewhole-draft:";
  const store = {
    read(key) {
      try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch { return null; }
    },
    write(key, value) {
      try { localStorage.setItem(PREFIX + key, JSON.stringify(value)); } catch { /* full or forbidden: not kept */ }
    },
    forget(wanted) {
      try {
        Object.keys(localStorage)
          .filter((key) => key.startsWith(PREFIX) && wanted(JSON.parse(localStorage.getItem(key))))
          .forEach((key) => localStorage.removeItem(key));
      } catch { /* forbidden: nothing was kept */ }
    },
    /* Also which files were on their way: their names are nobody else's business on a shared device. */
    clear() {
      try {
        Object.keys(localStorage).filter((key) => key.startsWith("makewhole-")).forEach((key) => localStorage.removeItem(key));
      } catch { /* forbidden: nothing was kept */ }
    },
  };

  const typed = (form) => [...form.elements].filter((control) =>
    control.name && !["hidden", "file", "password", "submit", "button"].includes(control.type)
    && !("undrafted" in control.dataset));

  const keep = (form, sent) => {
    const values = typed(form).map((control) =>
      [control.name, control.value, /radio|checkbox/.test(control.type) ? control.checked : null]);
    store.write(form.dataset.draft, { values, sent });
  };

  const unfold = (element) => {
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };

  const whenLoaded = (act) =>
    document.readyState === "complete" ? act() : window.addEventListener("load", act, { once: true });

  const restore = (form) => {
    const draft = store.read(form.dataset.draft);
    if (!draft || form.querySelector("[aria-invalid]") || (draft.sent && "draftKnown" in form.dataset)) return;
    let changed = null;
    typed(form).forEach((control) => {
      const found = draft.values.find(([name, value, checked]) =>
        name === control.name && (checked === null || value === control.value));
      if (!found) return;
      const before = [control.checked, control.value];
      if (found[2] !== null) control.checked = found[2];
      else if (control.defaultValue === undefined || control.value === control.defaultValue) control.value = found[1];
      if (before[0] !== control.checked || before[1] !== control.value) changed = control;
    });
    if (changed) unfold(changed);
    if (changed) whenLoaded(() => changed.dispatchEvent(new Event("change", { bubbles: true })));
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.dataset.draft) keep(form, false);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.draft) keep(event.target, true);
    if (event.target.matches("[data-forget-drafts]")) store.clear();
  });

  /* Uploads: names and sizes at once, progress while they travel. */

  const size = (bytes) => bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

  document.addEventListener("change", (event) => {
    const drop = event.target.closest?.("[data-drop]");
    if (drop && (event.target.files.length || !event.target.form.matches("[data-resumable]"))) {
      const list = drop.querySelector("[data-drop-list]");
      list.replaceChildren(...[...event.target.files].map((file) => {
        const item = document.createElement("li");
        const name = document.createElement("span");
        const weight = document.createElement("span");
        name.textContent = file.name;
        weight.textContent = size(file.size);
        item.append(name, weight);
        return item;
      }));
    }
    const form = event.target.matches?.(".table-tools select") && !byKey.has(event.target) ? event.target.form : null;
    if (form?.method === "get") form.requestSubmit();
  });

  /* With the keys a choice is passed through on the way to another: enter shows it, as the button does. */
  const byKey = new WeakSet();
  document.addEventListener("pointerdown", (event) => byKey.delete(event.target));
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.(".table-tools select")) return;
    if (event.key === "Enter" && byKey.has(event.target)) event.target.form.requestSubmit();
    else if (!["Tab", "Shift"].includes(event.key)) byKey.add(event.target);
  });

  ["dragenter", "dragover", "dragleave", "drop"].forEach((name) => document.addEventListener(name, (event) => {
    event.target.closest?.("[data-drop]")?.classList.toggle("drop-over", /enter|over/.test(name));
  }));

  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector?.("[data-progress]");
    if (!bar || !event.detail.lengthComputable) return;
    const share = Math.round((event.detail.loaded / event.detail.total) * 100);
    bar.hidden = false;
    if (share >= 100 || share - bar.value >= 25) say(`${bar.getAttribute("aria-label")}: ${share}%`);
    bar.value = share;
  });
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  }));

  /* What was typed or chosen while an answer was on its way is kept when the answer comes. (htmx listens to what came at
     once: `defaultSettleDelay` is 0, or what is typed within its twenty milliseconds would be heard by nobody.) */

  const isMark = (control) => /radio|checkbox/.test(control.type);
  const nameOf = (control) => isMark(control) ? `${control.name}=${control.value}` : control.name;
  const stateOf = (control) => isMark(control) ? control.checked : control.value;
  const controls = (within) => [...within.querySelectorAll("input, select, textarea")].filter((control) =>
    control.name && !["hidden", "file", "password"].includes(control.type));
  const states = (within) => new Map(controls(within).map((control) => [nameOf(control), stateOf(control)]));

  let asked = new Map();
  let meanwhile = new Map();
  let kept = [];
  document.addEventListener("htmx:beforeRequest", () => { asked = states(document); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const now = [...states(event.detail.target)];
    meanwhile = new Map(now.filter(([name, state]) => asked.has(name) && asked.get(name) !== state));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const place = document.getElementById(event.detail.target.id) || event.detail.target;
    kept = controls(place).filter((control) => meanwhile.has(nameOf(control)));
    kept.forEach((control) => {
      if (isMark(control)) control.checked = meanwhile.get(nameOf(control));
      else control.value = meanwhile.get(nameOf(control));
    });
    meanwhile = new Map();
    const { activeElement: here } = document;
    if (here?.matches("input[type=number]") && place.contains(here)) toTheEnd(here);
  });
  document.addEventListener("htmx:afterSettle", () => {
    kept.splice(0).at(-1)?.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* A field drawn anew would be typed into from its beginning: 3, then 0, would make 03. */
  const toTheEnd = (control) => {
    const { value } = control;
    control.value = "";
    control.value = value;
  };

  /* A figure is worked out when the typing pauses; without this only when the field is left. */
  const PAUSE_MILLISECONDS = 700;
  let pausing = 0;
  document.addEventListener("input", (event) => {
    const control = event.target;
    if (!control.matches("input[type=number], input[inputmode=decimal]") || !control.closest("[hx-trigger]")) return;
    clearTimeout(pausing);
    pausing = setTimeout(() => control.isConnected && control.dispatchEvent(new Event("change", { bubbles: true })), PAUSE_MILLISECONDS);
  });

  /* Tables: j and k move between rows, enter follows the row's link, / goes to the search field. */

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "/") {
      const search = document.querySelector("[data-filter]");
      if (search) { event.preventDefault(); search.focus(); }
      return;
    }
    if (event.key !== "j" && event.key !== "k") return;
    const links = [...document.querySelectorAll("[data-keys] .row-link")];
    if (!links.length) return;
    const here = links.indexOf(document.activeElement);
    const there = here < 0 ? 0 : here + (event.key === "j" ? 1 : -1);
    links[Math.min(links.length - 1, Math.max(0, there))].focus();
  });

  /* Light and dark change at once, with nothing typed lost; the server remembers the choice. */

  const THEMES = ["system", "dark", "light"];
  const DARK = { system: "screen and (prefers-color-scheme: dark)", dark: "screen", light: "not all" };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-theme-switch]")) return;
    event.preventDefault();
    const button = form.querySelector("[name=theme]");
    const data = new FormData(form);
    data.set("theme", button.value);
    const answer = await fetch(form.action, { method: "POST", body: data, redirect: "manual" }).catch(() => null);
    if (!answer || !(answer.ok || answer.type === "opaqueredirect")) return;
    root.dataset.theme = button.value;
    document.getElementById("dark").media = DARK[button.value];
    button.value = THEMES[(THEMES.indexOf(button.value) + 1) % THEMES.length];
  });

  const ready = (within) => {
    if (document.querySelector("[data-drafts-done]")) store.forget((draft) => draft.sent);
    each("[data-draft]", restore, within);
    each("[data-focus]", (element) => element.focus(), within);
    const wrong = within.querySelector(".field-wrong :is(input, select, textarea)");
    if (wrong) unfold(wrong);
    if (wrong && !within.querySelector("[data-focus]")) wrong.focus();
  };

  /* The bar leads to what can be done; where that is in sight it gives way, or it would look like the act itself. */
  each(".action-bar a[href^='#']", (link) => {
    const place = document.querySelector(link.getAttribute("href"));
    const watch = ([seen]) => { link.closest(".action-bar").hidden = seen.isIntersecting; };
    if (place) new IntersectionObserver(watch, { rootMargin: "0px 0px -25% 0px" }).observe(place);
  });

  ready(document);
  each(".tabs [aria-current]", (tab) => tab.scrollIntoView({ block: "nearest", inline: "center" }));
  tick();
  document.addEventListener("htmx:load", (event) => {
    if (event.target === document.body) return;
    ready(event.target);
    tick();
    const told = event.target.closest("[data-say]") || event.target.querySelector("[data-say]");
    if (told) say([...told.querySelectorAll(told.dataset.say)].map((element) => element.textContent.trim()).join(" · "));
  });
  setInterval(tick, 15000);
})();
