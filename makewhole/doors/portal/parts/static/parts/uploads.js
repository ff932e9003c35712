/* Files travel in pieces and go on where they stopped: over a bad connection, after a reload, on the next try.
   Without this the same form sends them in one piece. */
(() => {
  "use strict";

  const PIECE_BYTES = 2 * 1024 * 1024;
  const TRIES_MAX = 5;
  const PREFIX = "makewhole-upload:";
  const KINDS = { image: "photo", video: "video" };

  const wait = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
  const tokenOf = (form) => form.elements.csrfmiddlewaretoken.value;
  const tagOf = (form, file) => `${PREFIX}${form.dataset.order}:${file.name}:${file.size}:${file.lastModified}`;

  class Refused extends Error {}

  const ask = async (form, method, path, body, more = {}) => {
    const answer = await fetch(path, {
      method,
      body,
      headers: { "X-CSRFToken": tokenOf(form), "Accept-Language": document.documentElement.lang, ...more },
    });
    if (answer.ok) return answer.status === 204 ? {} : answer.json();
    const problem = await answer.json().catch(() => ({}));
    if (answer.status === 409 && Number.isInteger(problem.received_bytes)) return problem;
    if (answer.status < 500 && answer.status !== 429) throw new Refused(problem.detail || problem.title || form.dataset.failed);
    throw new Error(String(answer.status));
  };

  const untiring = async (act) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await act();
      } catch (error) {
        if (error instanceof Refused || attempt === TRIES_MAX) throw error;
        await wait(500 * 2 ** attempt);
      }
    }
  };

  const known = async (form, file) => {
    const id = localStorage.getItem(tagOf(form, file));
    if (!id) return null;
    const { items = [] } = await ask(form, "GET", `/v1/uploads?order_id=${form.dataset.order}`);
    return items.find((upload) => upload.id === id) || null;
  };

  const start = async (form, file) => {
    const data = new FormData(form);
    const said = data.get("kind");
    const body = JSON.stringify({
      order_id: form.dataset.order,
      kind: said && said !== "by_type" ? said : KINDS[file.type.split("/")[0]] || "document",
      file_name: file.name.slice(-200),
      size_bytes: file.size,
      title: data.get("title") || "",
    });
    const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
    return untiring(() => ask(form, "POST", "/v1/uploads", body, {
      "Content-Type": "application/json", "Idempotency-Key": key,
    }));
  };

  const send = async (form, file, progress) => {
    const upload = (await known(form, file).catch(() => null)) || (await start(form, file));
    localStorage.setItem(tagOf(form, file), upload.id);
    let offset = upload.received_bytes || 0;
    while (offset < file.size) {
      const piece = file.slice(offset, offset + PIECE_BYTES);
      const from = offset;
      const told = await untiring(() => ask(form, "PUT", `/v1/uploads/${upload.id}/parts/${from}`, piece, {
        "Content-Type": "application/octet-stream",
      }));
      offset = told.received_bytes;
      progress(offset);
    }
    try {
      await untiring(() => ask(form, "POST", `/v1/uploads/${upload.id}/finish`));
    } finally {
      localStorage.removeItem(tagOf(form, file));
    }
  };

  const showDrafts = async () => {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const places = fresh.querySelectorAll("[data-drafts]");
    document.querySelectorAll("[data-drafts]").forEach((place, index) => {
      if (places[index]) place.replaceChildren(...document.importNode(places[index], true).childNodes);
    });
  };

  const sendAll = async (form) => {
    const input = form.elements.files;
    const fault = form.querySelector("[data-upload-fault]");
    const bar = form.querySelector("[data-progress]");
    const files = [...input.files];
    const whole = files.reduce((sum, file) => sum + file.size, 0) || 1;
    let before = 0;
    fault.hidden = true;
    bar.hidden = false;
    const faults = [];
    for (const file of files) {
      try {
        await send(form, file, (sent) => { bar.value = Math.round(((before + sent) / whole) * 100); });
      } catch (error) {
        faults.push(`${file.name}: ${error instanceof Refused ? error.message : form.dataset.failed}`);
      }
      before += file.size;
    }
    bar.hidden = true;
    bar.value = 0;
    if (faults.length) {
      fault.textContent = faults.join(" ");
      fault.hidden = false;
    }
    form.reset();
    form.querySelector("[data-drop-list]").replaceChildren();
    await showDrafts();
  };

  const begin = async (form) => {
    if (form.dataset.busy || !form.elements.files.files.length) return;
    form.dataset.busy = "yes";
    try {
      await sendAll(form);
    } finally {
      delete form.dataset.busy;
      delete form.dataset.sent;
      form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
    }
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-resumable]")) return;
    event.preventDefault();
    begin(event.target);
  });
  /* Straight from the camera: what was chosen is on its way at once. */
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-resumable]") && event.target.name === "files") begin(form);
  });
  /* On a slow connection something may have been chosen before this came. */
  document.querySelectorAll("[data-resumable]").forEach(begin);
})();
