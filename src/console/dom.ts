/** Elements of text. There is no way from a string to markup in this file, and the page's CSP allows none. */

/** What may stand inside an element. */
export type Child = Node | string | undefined | false;

/** Makes an element; `undefined` and `false` leave an attribute or a child out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | undefined | false>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}
