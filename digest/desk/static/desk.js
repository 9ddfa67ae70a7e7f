"use strict";
// Loads the page behind the shell again after every build, and keeps the place in the framed issue.

const frame = document.getElementById("frame");
const shown = Number(document.body.dataset.version);
const PLACE = "desk-scroll:" + location.search;

function framed() {
  try {
    return frame && frame.contentWindow;
  } catch {
    return null;
  }
}

function arrived() {
  const page = framed();
  if (!page) return;
  // Links of the issue lead to other sites, which do not open inside a frame.
  for (const link of page.document.links) {
    if (link.origin !== location.origin) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    }
  }
  const place = sessionStorage.getItem(PLACE);
  if (place !== null) {
    page.scrollTo(0, Number(place));
    sessionStorage.removeItem(PLACE);
  }
}

if (frame) {
  frame.addEventListener("load", arrived);
  const page = framed();
  if (page && page.document.readyState === "complete") arrived();
}

const events = new EventSource("/events");
events.addEventListener("built", (event) => {
  if (Number(event.data) === shown) {
    document.getElementById("state").textContent = "Build " + shown;
    return;
  }
  const page = framed();
  if (page) sessionStorage.setItem(PLACE, String(page.scrollY));
  events.close();
  location.reload();
});
events.addEventListener("error", () => {
  document.getElementById("state").textContent = "The preview has stopped";
});
addEventListener("pagehide", () => events.close());
