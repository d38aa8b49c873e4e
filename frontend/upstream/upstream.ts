// A page with upstream's own publisher or player and nothing of ours: the tests of conventions show with it that what
// we send and take is what others understand. Not part of the product.
import "@moq/publish/element";
import "@moq/watch/element";

const asked = new URLSearchParams(location.search);
const element = document.createElement(asked.get("element") ?? "");
for (const name of ["url", "name", "source", "reload", "latency"]) {
  const value = asked.get(name);
  if (value !== null) element.setAttribute(name, value);
}
element.append(document.createElement(element.localName === "moq-watch" ? "canvas" : "video"));
document.body.append(element);
