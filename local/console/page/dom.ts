/** Attributes by name; `undefined` leaves one out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

type Child = Node | string;

/** Makes an HTML element. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

/** Makes an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

/** Sets the attributes that have changed. */
export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) target.removeAttribute(name);
    else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, String(value));
  }
}

/** Sets an element's text when it has changed, so that nothing flickers or loses its selection. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** The element with this id, which the page is known to have. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found;
}

/** A list whose elements stay while their item does: focus, selection and motion go on. */
export class KeyedList<Item, Row extends Element> {
  readonly #container: Element;
  readonly #rows = new Map<string, Row>();
  readonly #keyOf: (item: Item) => string;
  readonly #create: (item: Item) => Row;

  constructor(container: Element, keyOf: (item: Item) => string, create: (item: Item) => Row) {
    this.#container = container;
    this.#keyOf = keyOf;
    this.#create = create;
  }

  /** Shows exactly these items in this order; `update` brings each row up to date. */
  show(items: readonly Item[], update: (row: Row, item: Item) => void): void {
    const gone = new Set(this.#rows.keys());
    let next = this.#container.firstElementChild;
    for (const item of items) {
      const key = this.#keyOf(item);
      gone.delete(key);
      const row = this.#rows.get(key) ?? this.#create(item);
      this.#rows.set(key, row);
      update(row, item);
      if (row === next) next = next.nextElementSibling;
      else this.#container.insertBefore(row, next);
    }
    for (const key of gone) {
      this.#rows.get(key)?.remove();
      this.#rows.delete(key);
    }
  }
}

/** The first element inside that carries `data-part`, which the caller has put there. */
export function part(row: Element, name: string): HTMLElement {
  const found = row.querySelector<HTMLElement>(`[data-part="${name}"]`);
  if (!found) throw new Error(`there is no part ${name}`);
  return found;
}
