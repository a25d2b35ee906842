/** A QR code as a drawing: dark on light in every scheme, or cameras do not read it. */
import { encode } from 'uqr';
import { type Html, html } from './html.ts';

/** Four modules of quiet around it (ISO/IEC 18004 §9.1). */
const QUIET = 4;

/** Draws `text`; `label` says what it is. @throws RangeError for a text too long for any QR code */
export function qrDrawing(text: string, label: string): Html {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET });
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
  return html`<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path d="${dark.join('')}"/></svg>`;
}
