/* Files travel in pieces and go on where they stopped: over a bad connection, after a reload, on the next try. Pieces
   grow with the connection, so that little is lost where it breaks off. What was chosen waits for its turn, and for the
   network to come back, as long as the page is open. Without this the same form sends its files in one piece. */
(() => {
  "use strict";

  const PIECE_BYTES_FIRST = 64 * 1024;
  const PIECE_BYTES_MAX = 2 * 1024 * 1024;
  const PIECE_MILLISECONDS = 4000;
  const PIECES_MAX = 1500;
  const ANSWER_MILLISECONDS_MAX = 120000;
  const PAUSE_MILLISECONDS_MAX = 15000;
  const FAILURES_MAX = 5;
  const PREFIX = "makewhole-upload:";
  const KINDS = { image: "photo", video: "video" };

  const tagsOf = (form) => `${PREFIX}${form.dataset.order}:`;
  const tagOf = (form, file) => `${tagsOf(form)}${file.name}:${file.size}:${file.lastModified}`;
  const memory = {
    read(tag) { try { return localStorage.getItem(tag); } catch { return null; } },
    write(tag, id) { try { localStorage.setItem(tag, id); } catch { /* full or forbidden: not remembered */ } },
    forget(tag) { try { localStorage.removeItem(tag); } catch { /* forbidden: nothing was remembered */ } },
    tags(form) { try { return Object.keys(localStorage).filter((tag) => tag.startsWith(tagsOf(form))); } catch { return []; } },
  };

  class Refused extends Error {}
  class Unreachable extends Error {}

  const ask = (form, method, path, body, more = {}, progress = () => {}) => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const headers = {
      "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "Accept-Language": document.documentElement.lang, ...more,
    };
    request.open(method, path);
    request.timeout = ANSWER_MILLISECONDS_MAX;
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("loadend", () => {
      const { status } = request;
      let told = {};
      try { told = JSON.parse(request.responseText || "{}"); } catch { /* no answer of ours */ }
      if (!status) failed(new Unreachable());
      else if (status < 300 || (status === 409 && Number.isInteger(told.received_bytes))) done(told);
      else if (status === 401 || status === 403) failed(new Refused(form.dataset.ended));
      else if (status < 500 && status !== 429) failed(new Refused(told.detail || told.title || form.dataset.failed));
      else failed(new Error(String(status)));
    });
    request.send(body);
  });

  const note = (form, text) => {
    const place = form.querySelector("[data-upload-note]");
    if (place.textContent !== text) place.textContent = text;
  };

  /* Until the time is over, or the network is back. */
  const pause = (milliseconds) => new Promise((done) => {
    const go = () => { window.removeEventListener("online", go); done(); };
    window.addEventListener("online", go);
    setTimeout(go, milliseconds);
  });

  const untiring = async (form, act) => {
    let failures = 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const told = await act();
        if (attempt > 1) note(form, "");
        return told;
      } catch (error) {
        failures += error instanceof Unreachable ? 0 : 1;
        if (error instanceof Refused || failures === FAILURES_MAX) throw error;
        note(form, form.dataset.waiting);
        await pause(Math.min(500 * 2 ** attempt, PAUSE_MILLISECONDS_MAX));
      }
    }
  };

  const waiting = async (form) =>
    (await untiring(form, () => ask(form, "GET", `/v1/uploads?order_id=${form.dataset.order}`))).items || [];

  const known = async (form, file) => {
    const id = memory.read(tagOf(form, file));
    return id ? (await waiting(form)).find((upload) => upload.id === id) : undefined;
  };

  const start = (form, { file, kind, title }) => {
    const body = JSON.stringify({
      order_id: form.dataset.order,
      kind: kind && kind !== "by_type" ? kind : KINDS[file.type.split("/")[0]] || "document",
      file_name: file.name.slice(-200),
      size_bytes: file.size,
      title,
    });
    const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
    return untiring(form, () => ask(form, "POST", "/v1/uploads", body, {
      "Content-Type": "application/json", "Idempotency-Key": key,
    }));
  };

  const sendPieces = async (form, upload, entry, progress) => {
    const { file } = entry;
    const least = Math.ceil(file.size / PIECES_MAX);
    let length = PIECE_BYTES_FIRST;
    let offset = upload.received_bytes || 0;
    while (offset < file.size) {
      const from = offset;
      const piece = file.slice(from, from + Math.max(least, length));
      const begun = Date.now();
      const told = await untiring(form, () => ask(form, "PUT", `/v1/uploads/${upload.id}/parts/${from}`, piece, {
        "Content-Type": "application/octet-stream",
      }, (sent) => { note(form, ""); progress(from + sent); }));
      offset = told.received_bytes;
      progress(offset);
      const fitting = (length * PIECE_MILLISECONDS) / Math.max(1, Date.now() - begun);
      length = Math.round(Math.min(PIECE_BYTES_MAX, length * 4, Math.max(PIECE_BYTES_FIRST, fitting)));
    }
  };

  const send = async (form, entry, progress) => {
    const tag = tagOf(form, entry.file);
    const upload = (await known(form, entry.file)) || (await start(form, entry));
    memory.write(tag, upload.id);
    try {
      await sendPieces(form, upload, entry, progress);
      await untiring(form, () => ask(form, "POST", `/v1/uploads/${upload.id}/finish`));
      memory.forget(tag);
    } catch (error) {
      if (error instanceof Refused && error.message !== form.dataset.ended) memory.forget(tag);
      throw error;
    }
  };

  /* The files that are ready now, everywhere on the page; what was unticked stays so. */
  const showDrafts = async (form) => {
    const page = await untiring(form, async () => {
      const answer = await fetch(location.href).catch(() => { throw new Unreachable(); });
      return answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status)));
    });
    const fresh = new DOMParser().parseFromString(page, "text/html");
    document.querySelectorAll("[data-drafts]").forEach((place) => {
      const found = fresh.getElementById(place.id);
      if (!found) return;
      const off = [...place.querySelectorAll("input[type=checkbox]:not(:checked)")].map((box) => box.value);
      place.replaceChildren(...document.importNode(found, true).childNodes);
      place.querySelectorAll("input[type=checkbox]").forEach((box) => { if (off.includes(box.value)) box.checked = false; });
    });
  };

  const sizeOf = (bytes) => bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

  const rowOf = (entry) => {
    const row = document.createElement("li");
    const name = document.createElement("span");
    entry.told = document.createElement("span");
    name.textContent = entry.file.name;
    entry.told.textContent = sizeOf(entry.file.size);
    row.append(name, entry.told);
    return row;
  };

  const queues = new WeakMap();
  let held = null;

  const sendNext = async (form, entries, entry) => {
    const bar = form.querySelector("[data-progress]");
    const whole = entries.reduce((sum, each) => sum + each.file.size, 0) || 1;
    await send(form, entry, (sent) => {
      entry.sent = sent;
      entry.told.textContent = `${sizeOf(entry.file.size)} · ${Math.round((sent / entry.file.size) * 100)}%`;
      bar.value = Math.round((entries.reduce((sum, each) => sum + each.sent, 0) / whole) * 100);
    });
    entry.told.textContent = form.dataset.arrived;
  };

  const sendAll = async (form) => {
    const entries = queues.get(form);
    const fault = form.querySelector("[data-upload-fault]");
    const list = form.querySelector("[data-drop-list]");
    const faults = [];
    fault.hidden = true;
    while (entries.some((entry) => !entry.over)) {
      const entry = entries.find((each) => !each.over);
      try {
        await sendNext(form, entries, entry);
      } catch (error) {
        faults.push(`${entry.file.name}: ${error instanceof Refused ? error.message : form.dataset.failed}`);
      }
      entry.over = true;
      entry.sent = entry.file.size;
      if (entries.every((each) => each.over)) await showDrafts(form).catch((error) => console.warn(error));
    }
    entries.length = 0;
    list.replaceChildren();
    fault.textContent = faults.join(" ");
    fault.hidden = !faults.length;
    return !faults.length;
  };

  const letGo = (all) => {
    const { form, submitter, told } = held;
    held = null;
    told.remove();
    if (all) form.requestSubmit(submitter);
    else delete form.dataset.held;
  };

  const begin = async (form) => {
    if (form.dataset.busy) return;
    const bar = form.querySelector("[data-progress]");
    form.dataset.busy = "yes";
    bar.hidden = false;
    let all = false;
    try {
      all = await sendAll(form);
    } finally {
      delete form.dataset.busy;
      bar.hidden = true;
      bar.value = 0;
      note(form, "");
      if (held) letGo(all);
    }
  };

  /* What was chosen is taken out of the field at once, so that more can be chosen while it travels. */
  const take = (form) => {
    const { files, kind, title } = form.elements;
    const chosen = [...files.files].map((file) => ({ file, kind: kind.value, title: title.value, sent: 0, over: false }));
    if (!chosen.length) return;
    const list = form.querySelector("[data-drop-list]");
    if (!queues.get(form)?.length) list.replaceChildren();
    queues.set(form, queues.get(form) || []);
    queues.get(form).push(...chosen);
    list.append(...chosen.map(rowOf));
    form.reset();
    begin(form);
  };

  /* A form sent while files travel waits for them: a claim without its photo is not what was meant. */
  const hold = (event, busy) => {
    const form = event.target;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held) letGo(false);
    form.dataset.held = "yes";
    const told = document.createElement("p");
    told.className = "soft held";
    told.setAttribute("role", "status");
    held = { form, submitter: event.submitter, told };
    (event.submitter?.parentElement || form).prepend(told);
    told.textContent = busy.dataset.holding;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-resumable]")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      take(form);
      return;
    }
    const busy = document.querySelector("[data-resumable][data-busy]");
    if (!busy || !form.matches("[data-once]")) return;
    if (form.dataset.held) leaving = true;
    else hold(event, busy);
  }, true);

  /* Straight from the camera: what was chosen is on its way at once. */
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-resumable]") && event.target.name === "files") take(form);
  });

  let leaving = false;
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && document.querySelector("[data-resumable][data-busy]")) event.preventDefault();
  });

  /* What was on its way when the page was left can go on: say so. */
  const remind = async (form) => {
    const tags = memory.tags(form);
    if (!tags.length) return;
    const ids = (await waiting(form)).map((upload) => upload.id);
    tags.filter((tag) => !ids.includes(memory.read(tag))).forEach(memory.forget);
    const names = tags.filter((tag) => memory.read(tag)).map((tag) => tag.slice(tagsOf(form).length).replace(/:\d+:\d+$/, ""));
    if (names.length && !form.dataset.busy) note(form, `${form.dataset.unfinished} ${names.join(", ")}`);
  };

  /* On a slow connection something may have been chosen before this came. */
  document.querySelectorAll("[data-resumable]").forEach((form) => {
    form.dataset.ready = "yes";
    take(form);
    remind(form).catch(() => { /* it is only a reminder */ });
  });
})();
