"use strict";
(() => {
  // ---- a page that follows what it shows: its parts are exchanged where they have changed --------------------------
  const words = document.getElementById("live"), when = document.getElementById("live-when");
  const sources = new WeakMap(); // as the server wrote a part, whatever has been done to it since
  const keyOf = (part, place) => part.dataset.key || part.getAttribute("aria-labelledby") || `${part.tagName} ${place}`;
  const containers = (page) => new Map([...page.querySelectorAll("[data-live]")].map((each) => [each.dataset.live, each]));
  for (const container of containers(document).values()) {
    for (const part of container.children) sources.set(part, part.outerHTML);
  }

  function made(part, old) {
    const found = document.importNode(part, true);
    sources.set(found, part.outerHTML);
    const title = (details) => details.querySelector("summary")?.textContent;
    const open = new Set([...(old?.querySelectorAll("details[open]") ?? [])].map(title));
    for (const details of found.querySelectorAll("details")) details.open = open.has(title(details));
    return found;
  }

  function renew(container, fresh) {
    const old = new Map([...container.children].map((part, place) => [keyOf(part, place), part]));
    const wanted = [...fresh.children].map((part, place) => {
      const key = keyOf(part, place), known = old.get(key);
      old.delete(key);
      return known && sources.get(known) === part.outerHTML ? known : made(part, known);
    });
    const kept = new Set(wanted);
    for (const part of [...container.children]) if (!kept.has(part)) part.remove();
    let at = container.firstElementChild;
    for (const part of wanted) {
      if (part === at) at = at.nextElementSibling;
      else container.insertBefore(part, at);
    }
  }

  function renewAll(page) {
    const focus = document.activeElement, name = focus?.id || focus?.getAttribute("aria-label");
    const fresh = containers(page);
    for (const [key, container] of containers(document)) if (fresh.has(key)) renew(container, fresh.get(key));
    document.title = page.title;
    say(words, page.getElementById("live").textContent);
    document.dispatchEvent(new Event("renewed"));
    const again = focus?.isConnected ? focus : [...document.querySelectorAll("[id], [aria-label]")].find((each) => name && name === (each.id || each.getAttribute("aria-label")));
    if (document.activeElement === document.body) again?.focus({ preventScroll: true });
  }

  function say(element, text) {
    if (element.textContent !== text) element.textContent = text; // or a screen reader would say it again
  }

  // ---- asking ------------------------------------------------------------------------------------------------------
  const PATIENCE = 10; // seconds
  let tag = null, timer = null, asking = false;
  async function ask() {
    clearTimeout(timer);
    if (document.hidden || asking) return;
    asking = true;
    let next = PATIENCE;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
      next = Number(answer.headers.get("Rnnchaos-Next")) || PATIENCE;
      if (answer.status === 200) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const first = tag === null;
        tag = answer.headers.get("ETag");
        renewAll(page);
        if (!first) say(when, `Last change at ${new Date().toLocaleTimeString()}.`);
      } else if (answer.status !== 304) say(words, (await answer.text()).trim());
    } catch {
      say(words, "rnnchaos watch gives no answer: this is how things stood.");
      tag = null;
    }
    asking = false;
    timer = setTimeout(ask, 1000 * next);
  }
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("load", ask);
})();
