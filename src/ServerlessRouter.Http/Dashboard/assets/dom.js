// Builds the page. Text only ever becomes text: names of keys, models and users are written by strangers.

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

/** What is a property of an element and not an attribute. */
const properties = new Set(['value', 'checked', 'selected', 'disabled', 'open', 'hidden', 'htmlFor', 'className', 'textContent']);

/**
 * An element with its attributes, its listeners (`onclick`) and its children.
 * @param {string} name
 * @param {Record<string, unknown>} [attributes] What is null, undefined or false is left out.
 * @param {...Child} children
 */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for a drawing. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

/** Puts other children in the place of all there are. The focus stays on what has the same `id`. */
export function replace(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.id : '';
  const opened = new Set([...parent.querySelectorAll('details[open][id]')].map((details) => details.id));
  parent.replaceChildren();
  append(parent, children);
  for (const details of parent.querySelectorAll('details[id]')) {
    details.open ||= opened.has(details.id);
  }

  if (focused) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }

  return parent;
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }

    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (name === 'style') {
      // By the object model, which the content security policy allows; text in an attribute it does not.
      for (const [property, setting] of Object.entries(value)) {
        element.style.setProperty(property, setting);
      }
    } else if (properties.has(name)) {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }

  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) {
      append(element, child);
    } else if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
}
