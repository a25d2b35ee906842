/**
 * A long list of which only the rows near the screen are in the document. Rows are of one height, which the style sheet sets;
 * two spaces stand for the rows above and below. It scrolls with the page and is read by keyboard as a grid
 * (WAI-ARIA 1.2 `grid`, with `aria-activedescendant`).
 */
import { element } from './dom.ts';

/** Rows beyond the edge of the screen, so that a fast scroll meets rows and not blanks. */
const BEYOND = 12;

/** What a list needs. */
export interface VirtualOptions {
  /** What has the keyboard. */
  readonly grid: HTMLElement;
  /** Where the rows stand, inside the grid. */
  readonly body: HTMLElement;
  readonly count: () => number;
  /** Names the row at an index, for as long as it is there. */
  readonly id: (index: number) => string;
  /** What an element is made of: one with an equal key is kept. */
  readonly key: (index: number) => string;
  readonly make: (index: number) => HTMLElement;
  /** The last rows are near, or were asked for. */
  readonly onEnd: () => void;
  /** Something about where one is has changed. */
  readonly onMove: () => void;
}

/** The list. */
export interface Virtual {
  /** Draws what is to be seen; call it when the rows have changed. */
  draw(): void;
  /** Is the first row to be seen, or above it? */
  atTop(): boolean;
  /** Scrolls to the first row. */
  toTop(): void;
  /** Changes the rows; the active one stays active, wherever it is then. */
  change(work: () => void): void;
}

/** Takes the list over. */
export function virtualList(options: VirtualOptions): Virtual {
  const { grid, body, count, id, key, make, onEnd, onMove } = options;
  const above = spaceOf(body);
  const below = spaceOf(body);
  const drawn = new Map<string, HTMLElement>();
  let height = 0;
  let active = -1;
  let planned = false;

  const measure = (): void => {
    const row = body.querySelector('[role=row]');
    if (row) height = row.getBoundingClientRect().height;
  };

  const draw = (): void => {
    planned = false;
    const rows = count();
    if (height === 0 && rows > 0) {
      const row = make(0);
      body.append(row);
      measure();
      row.remove();
    }
    const top = body.getBoundingClientRect().top;
    const first = rows === 0 ? 0 : Math.max(0, Math.min(rows, Math.floor(-top / height) - BEYOND));
    const end = rows === 0 ? 0 : Math.min(rows, Math.ceil((innerHeight - top) / height) + BEYOND);
    const wanted = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
    const keys = new Set(wanted.map(key));
    for (const [name, row] of drawn) {
      if (keys.has(name)) continue;
      row.remove();
      drawn.delete(name);
    }
    let before: Element = above.element;
    for (const index of wanted) {
      const row = drawn.get(key(index)) ?? make(index);
      drawn.set(key(index), row);
      row.id = `row-${index}`;
      row.setAttribute('aria-rowindex', String(index + 2));
      row.classList.toggle('active', index === active);
      if (before.nextElementSibling !== row) before.after(row);
      before = row;
    }
    above.set(first * height);
    below.set((rows - Math.max(first, end)) * height);
    if (active >= first && active < end) grid.setAttribute('aria-activedescendant', `row-${active}`);
    else grid.removeAttribute('aria-activedescendant');
    if (end >= rows - BEYOND) onEnd();
    onMove();
  };

  const plan = (): void => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(draw);
  };

  const show = (index: number): void => {
    active = Math.max(0, Math.min(count() - 1, index));
    const top = body.getBoundingClientRect().top + active * height;
    // The head of the list stays above the rows.
    const edge = 2 * height;
    if (top < edge) scrollBy(0, top - edge);
    else if (top + height > innerHeight - height) scrollBy(0, top + 2 * height - innerHeight);
    draw();
  };

  const page = (): number => Math.max(1, Math.floor(innerHeight / height) - 3);
  const KEYS: Readonly<Record<string, () => number>> = {
    ArrowDown: () => active + 1,
    ArrowUp: () => active - 1,
    PageDown: () => active + page(),
    PageUp: () => active - page(),
    Home: () => 0,
    End: () => count() - 1,
  };
  grid.addEventListener('keydown', (event) => {
    const to = KEYS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || count() === 0) return;
    if (to) {
      event.preventDefault();
      show(to());
    } else if (event.key === 'Enter') {
      drawn.get(key(active))?.querySelector('a')?.click();
    }
  });
  grid.addEventListener('focus', () => {
    const first = Math.ceil(-body.getBoundingClientRect().top / height);
    if (active < 0 && count() > 0) show(Math.max(0, first));
  });
  addEventListener('scroll', plan, { passive: true });
  addEventListener('resize', () => {
    measure();
    plan();
  });

  body.replaceChildren(above.element, below.element);
  grid.tabIndex = 0;
  return {
    draw,
    atTop: () => body.getBoundingClientRect().top >= 0,
    toTop() {
      const top = body.getBoundingClientRect().top;
      if (top < 0) scrollBy(0, top - 3 * height);
      plan();
    },
    change(work) {
      const was = active < 0 ? undefined : id(active);
      work();
      if (was === undefined) return;
      active = Array.from({ length: count() }, (_, index) => index).find((index) => id(index) === was) ?? -1;
    },
  };
}

interface Space {
  readonly element: HTMLElement;
  set(height: number): void;
}

let spaces = 0;

/** An empty block whose height is set in a style sheet of its own: the CSP allows no style in the markup. */
function spaceOf(body: HTMLElement): Space {
  const name = `space-${spaces++}`;
  const made = element('div', { class: name, role: 'presentation' });
  const sheet = new CSSStyleSheet();
  sheet.insertRule(`.${name}{height:0}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  body.append(made);
  let now = 0;
  return {
    element: made,
    set(height) {
      if (height === now) return;
      now = height;
      const [rule] = sheet.cssRules;
      if (rule instanceof CSSStyleRule) rule.style.height = `${height}px`;
    },
  };
}
