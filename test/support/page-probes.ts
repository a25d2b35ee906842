/// <reference lib="dom" />
/** Functions that run inside a page under test, so each stands alone: nothing outside of its own braces exists there. */

/** What injected markup could have done to the page: a changed title, elements and attributes our pages never have. */
export function effectsOfMarkup(): string[] {
  const found: string[] = [];
  if (/^(?:owned|1)$/.test(document.title)) found.push(`title ${document.title}`);
  for (const element of document.querySelectorAll('*')) {
    const tag = element.tagName.toLowerCase();
    if (/^(?:script|iframe|img|object|embed|base|video|audio)$/.test(tag)) found.push(tag);
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on') || name === 'style' || name === 'srcdoc' || name === 'http-equiv')
        found.push(`${tag} ${name}`);
      if ((name === 'href' || name === 'action') && tag !== 'link' && !/^(?:\/(?![/\\])|#)/.test(value)) {
        found.push(`${tag} ${name}=${value}`);
      }
    }
  }
  if (document.querySelectorAll('style').length > 1) found.push('style');
  return found;
}

/** Texts whose contrast is under 4.5 (3 where large), as `text: ratio` (WCAG 2.2, 1.4.3). */
export function lowContrast(): string[] {
  const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = channels(colour).map((c) => {
      const part = c / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (from: Element): string => {
    for (let at: Element | null = from; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const low: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent?.trim() ?? '';
    const parent = walker.currentNode.parentElement;
    if (words === '' || !parent) continue;
    const style = getComputedStyle(parent);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const pair = [luminance(style.color), luminance(ground(parent))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < (large ? 3 : 4.5)) low.push(`${words}: ${ratio.toFixed(2)}`);
  }
  return low;
}
