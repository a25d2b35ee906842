/** Fields that forms of several pages share. */
import { type Html, html, visible } from './html.ts';

/** A check box with its words beside it; ticked, it is sent as `1`. */
export function tick(name: string, on: boolean, words: Html | string): Html {
  return html`<label class="tick"><input type="checkbox" value="1" name="${name}" ${on && html`checked`}><span>${words}</span></label>`;
}

/** One choice of a list. */
export function option(value: string, words: string, chosen: string | undefined): Html {
  return html`<option value="${value}" ${value === chosen && html`selected`}>${visible(words, 80)}</option>`;
}

/** An application in a list to choose from: `Hallway Lights (my_app_123)`. */
export function appChoice({ id, name }: { readonly id: string; readonly name: string }): string {
  return name === id ? id : `${name} (${id})`;
}

/** Why a form was not taken. */
export function problemNotice(problem: string): Html {
  return html`<p class="notice" id="problem" role="alert">${visible(problem.charAt(0).toUpperCase() + problem.slice(1), 600)}</p>`;
}
