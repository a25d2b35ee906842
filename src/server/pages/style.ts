/**
 * The one style sheet of the hub's pages, embedded in each of them and named in the CSP by its hash.
 *
 * Two faces (the system's own and its monospace), one accent, one shape: the ticket, torn where the half that was kept
 * meets the half that came back. Every pair of colours that carries text has a contrast of at least 4.5, in light and
 * dark. No motion, no external asset.
 */
import { createHash } from 'node:crypto';
import { CONSOLE } from './style-console.ts';

const COLOURS = `
:root{color-scheme:light dark;
--paper:#f3f4f7;--card:#fff;--ink:#14171f;--soft:#545b6b;--line:#d5d9e2;--edge:#7d8597;--well:#f6f7fa;
--accent:#2f47c0;--accent-deep:#24379a;--on-accent:#fff;
--bad:#ad2119;--bad-well:#fdeceb;--lit:#ffd0cb;--lit-ink:#6d0f08;--good:#17693f;--good-well:#e8f4ed;--warn:#845400;--warn-well:#fdf3df}
@media (prefers-color-scheme:dark){:root{
--paper:#0e1117;--card:#161a23;--ink:#e9ebf1;--soft:#a3abbd;--line:#2c3342;--edge:#6d7689;--well:#10141c;
--accent:#a8b7ff;--accent-deep:#c3cdff;--on-accent:#10152e;
--bad:#ff9d93;--bad-well:#2c1718;--lit:#7a211b;--lit-ink:#fff;--good:#7fd3a3;--good-well:#12241a;--warn:#efc06b;--warn-well:#2a2213}}`;

const GROUND = `
*,*::before,*::after{box-sizing:border-box}
html{font-size:clamp(1rem,.93rem + .2vw,1.5rem);-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100svh;display:flex;flex-direction:column;background:var(--paper);color:var(--ink);
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;line-height:1.55;overflow-wrap:anywhere}
h1,h2,h3,p,ol,ul,dl,dd,pre,figure{margin:0;padding:0}
ol,ul{list-style:none}
h1{font-size:1.7rem;line-height:1.2;font-weight:650;letter-spacing:-.018em;text-wrap:balance}
h2{font-size:1.12rem;line-height:1.3;font-weight:650;letter-spacing:-.008em}
h3{font-size:.8rem;line-height:1.4;font-weight:600;color:var(--soft)}
p{text-wrap:pretty;max-width:62ch}
a{color:var(--accent);text-underline-offset:.18em;text-decoration-thickness:.08em}
a:hover{color:var(--accent-deep);text-decoration-thickness:.14em}
code,kbd,pre,.fact{font-family:ui-monospace,"SF Mono","Cascadia Mono","JetBrains Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em;
unicode-bidi:isolate;overflow-wrap:anywhere;font-variant-ligatures:none}
kbd{border:1px solid var(--edge);border-bottom-width:2px;border-radius:.3rem;padding:.05em .4em}
:focus-visible{outline:.19rem solid var(--accent);outline-offset:.16rem;border-radius:.25rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip:focus{position:absolute;left:1rem;top:1rem;z-index:1;clip-path:none;width:auto;height:auto;padding:.6rem 1rem;background:var(--card);border-radius:.5rem}
.soft{color:var(--soft)}
.small{font-size:.86rem;line-height:1.5}
.eyebrow{font-size:.86rem;line-height:1.5;color:var(--soft)}
.stack>*+*{margin-top:1rem}
.stack-near>*+*{margin-top:.4rem}`;

const FRAME = `
.top{display:flex;align-items:center;justify-content:space-between;gap:.5rem 1.25rem;padding:1.1rem clamp(1.1rem,3vw,2.5rem)}
.brand{display:inline-flex;align-items:center;gap:.6rem;color:var(--ink);font-weight:650;letter-spacing:-.01em;text-decoration:none;min-height:2rem;min-width:0}
.brand span{min-width:0;overflow-wrap:break-word}
.rooms{flex:1;min-width:0}
.rooms ul{display:flex;flex-wrap:wrap;gap:.2rem .3rem}
.rooms a{display:block;padding:.35rem .75rem;border-radius:.5rem;color:var(--soft);font-size:.94rem;text-decoration:none}
.rooms a:hover{background:var(--card);color:var(--ink)}
.rooms a[aria-current]{background:var(--card);color:var(--ink);font-weight:600;box-shadow:0 0 0 1px var(--line)}
.who a[aria-current]{font-weight:600}
@media (max-width:56rem){.top{flex-wrap:wrap}.rooms{order:1;flex-basis:100%;margin:0 -.75rem}}
.brand svg{width:1.9rem;height:auto;color:var(--accent);flex:none}
.brand:hover{color:var(--accent)}
.who{display:flex;align-items:center;flex-wrap:wrap;justify-content:flex-end;gap:.2rem .9rem;font-size:.9rem;min-width:0}
main{flex:1;width:100%;min-width:0;margin:0 auto;padding:clamp(1rem,7vh,5.5rem) clamp(1rem,3vw,2.5rem) 3rem}
.narrow{max-width:32rem}
.middle{max-width:44rem}
.middle,.wide{padding-top:clamp(1rem,4vh,3rem)}
.wide{max-width:64rem}
.foot{padding:1.4rem clamp(1.1rem,3vw,2.5rem);font-size:.82rem;color:var(--soft);text-align:center}
.foot p{margin:0 auto}
.ticket{--pad:clamp(1.25rem,5vw,2.25rem);position:relative;background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:var(--pad);
box-shadow:0 1px 2px rgb(10 14 30/.05),0 12px 32px -16px rgb(10 14 30/.16)}
.ticket+.ticket{margin-top:1.5rem}
.tear{position:relative;overflow:visible;height:0;border:0;border-top:2px dashed var(--line);margin:1.75rem calc(-1*var(--pad))}
.tear::before,.tear::after{content:"";position:absolute;top:calc(-.7rem - 1px);width:1.4rem;height:1.4rem;border-radius:50%;background:var(--paper);border:1px solid var(--line)}
.tear::before{left:calc(-.7rem - 1px);clip-path:inset(0 0 0 50%)}
.tear::after{right:calc(-.7rem - 1px);clip-path:inset(0 50% 0 0)}`;

const FORMS = `
label{display:block;font-weight:600;font-size:.92rem;margin-bottom:.35rem}
input{display:block;width:100%;min-height:2.9rem;padding:.55rem .85rem;font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--edge);border-radius:.6rem}
input:focus-visible{outline-offset:0;border-color:var(--accent);border-radius:.6rem}
input[aria-invalid=true]{border-color:var(--bad)}
button,.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.9rem;padding:.55rem 1.4rem;font:inherit;font-weight:600;text-align:center;text-wrap:balance;border-radius:.6rem;
border:1px solid var(--edge);background:var(--card);color:var(--ink);cursor:pointer;text-decoration:none}
button:hover,.button:hover{border-color:var(--accent);color:var(--accent)}
button:focus-visible,.button:focus-visible{border-radius:.6rem}
.primary{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.primary:hover{background:var(--accent-deep);border-color:var(--accent-deep);color:var(--on-accent)}
.link{min-height:1.75rem;padding:0 .15rem;border:0;background:none;color:var(--accent);font-weight:400;text-decoration:underline;text-underline-offset:.18em}
.alone{margin-bottom:1.5rem}
.below{margin-top:1.25rem;font-size:.9rem;color:var(--soft);text-align:center}
.below p{margin:0 auto}
.below b{color:var(--ink)}
.full{width:100%}
.choices{display:grid;grid-template-columns:1fr 1fr;gap:.75rem}
@media (max-width:24rem){.choices{grid-template-columns:1fr}}
.notice{padding:.8rem 1rem;border-radius:.6rem;background:var(--bad-well);color:var(--bad);border-left:.25rem solid var(--bad);font-size:.94rem}`;

const FACTS = `
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.5rem 1.25rem;font-size:.94rem}
.facts dt{color:var(--soft)}
.facts dd{min-width:0;overflow-wrap:anywhere}
.asks{border-top:1px solid var(--line)}
.asks li{display:grid;grid-template-columns:1.4rem 1fr;gap:.6rem;padding:.8rem 0;border-bottom:1px solid var(--line)}
.asks svg{width:1.1rem;height:1.1rem;margin-top:.22rem;color:var(--accent)}
.asks b{font-weight:600}
.asks code{display:block}
.either>li{padding:.2rem 0 .2rem 1.1rem;border-left:2px solid var(--accent)}
.either>li+li{margin-top:1rem}
.well{padding:1rem 1.15rem;border-radius:.7rem;background:var(--well);border:1px solid var(--line)}
pre.well{white-space:pre;overflow-x:auto;overflow-wrap:normal;line-height:1.65;font-size:.86rem}
.apart>*+*{margin-top:2.25rem}
.apart>:first-child{margin-top:0}
.steps{counter-reset:step}
.steps>li{counter-increment:step;display:grid;grid-template-columns:1.9rem 1fr;gap:.8rem;padding:.55rem 0}
.steps>li::before{content:counter(step);display:grid;place-items:center;width:1.7rem;height:1.7rem;border-radius:50%;border:1px solid var(--accent);color:var(--accent);font-size:.84rem;font-weight:650}
.list a{display:grid;grid-template-columns:9rem 1fr auto;align-items:baseline;gap:.1rem 1.25rem;padding:.8rem .4rem;margin:0 -.4rem;border-radius:.4rem;color:inherit;text-decoration:none}
.list li+li{border-top:1px solid var(--line)}
.list a:hover{background:var(--well)}
.list .go{color:var(--accent)}
@media (max-width:40rem){.list a{grid-template-columns:1fr auto}.list .what{grid-column:1/-1;grid-row:1}}`;

const VERDICT = `
.stamp{display:inline-flex;align-items:center;gap:.45rem;padding:.15rem .7rem;border:2px solid currentColor;border-radius:.4rem;font-weight:650;font-size:.9rem}
.fail{color:var(--bad)}.pass{color:var(--good)}.warn{color:var(--warn)}
.split{display:grid;grid-template-columns:minmax(0,1fr);gap:2.25rem clamp(1.75rem,4vw,3.5rem);align-items:start}
@media (min-width:52rem){.split{grid-template:"todo checks" auto "life checks" 1fr/minmax(0,5fr) minmax(0,6fr)}
.split>.todo{grid-area:todo}.split>.checks{grid-area:checks}.split>.life{grid-area:life}}
.phase+.phase{margin-top:1.6rem}
.phase>h3{padding-bottom:.4rem;border-bottom:1px solid var(--line)}
.rule{display:grid;grid-template-columns:1.5rem minmax(0,1fr);gap:.15rem .6rem;padding:.6rem 0}
.rule+.rule{border-top:1px solid var(--line)}
.rule>.glyph{font-weight:700;text-align:center}
.rule .line{display:flex;flex-wrap:wrap;gap:.1rem .9rem;align-items:baseline}
.halves{margin:.7rem 0;background:var(--card);border:1px solid var(--edge);border-radius:.6rem;overflow:hidden}
.halves>div{display:grid;grid-template-columns:6.2rem minmax(0,1fr);gap:.75rem;padding:.5rem .9rem}
.halves>div+div{border-top:2px dashed var(--edge)}
.halves dt{font-size:.86rem;color:var(--soft)}
.halves dd{font-family:ui-monospace,"SF Mono","Cascadia Mono","JetBrains Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9rem;overflow-wrap:anywhere;unicode-bidi:isolate}
@media (max-width:30rem){.halves>div{grid-template-columns:1fr;gap:0}.facts{grid-template-columns:1fr;gap:0}.facts dd:not(:last-child){margin-bottom:.6rem}}
mark{background:var(--lit);color:var(--lit-ink);border-radius:.15rem;box-shadow:0 0 0 1px currentColor}
.time{border-left:2px solid var(--line);margin-left:.35rem}
.time li{position:relative;padding:0 0 1.1rem 1.4rem}
.time li:last-child{padding-bottom:0}
.time li::before{content:"";position:absolute;left:calc(-.36rem - 1px);top:.48rem;width:.72rem;height:.72rem;border-radius:50%;background:var(--card);border:2px solid var(--edge)}
.time li.here::before{background:var(--accent);border-color:var(--accent)}
.time li.fail::before{border-color:var(--bad)}
.time li.fail.here::before{background:var(--bad)}
.time li{color:var(--ink)}
@media (forced-colors:active){mark{forced-color-adjust:none;background:Highlight;color:HighlightText}}`;

const SETTINGS = `
textarea{display:block;width:100%;padding:.7rem .85rem;font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--edge);border-radius:.6rem;resize:vertical}
textarea:focus-visible{outline-offset:0;border-color:var(--accent);border-radius:.6rem}
input[type=checkbox],input[type=radio]{width:1.15rem;height:1.15rem;min-height:0;margin:.2rem 0 0;flex:none;accent-color:var(--accent)}
fieldset{border:0;margin:0;padding:0;min-width:0}
legend{padding:0;font-weight:600;font-size:.92rem;margin-bottom:.6rem}
.tick{display:flex;gap:.6rem;font-weight:400;font-size:1rem;margin-bottom:0;padding:.15rem 0}
.tick>span{min-width:0}
.ticks{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem}
.hint{margin-top:.35rem;font-size:.86rem;line-height:1.5;color:var(--soft)}
.gap{margin-top:1.75rem}
.notice.good{background:var(--good-well);color:var(--good);border-color:var(--good)}
.notice.caution{background:var(--warn-well);color:var(--warn);border-color:var(--warn)}
.danger{color:var(--bad);border-color:var(--bad)}
.danger:hover{background:var(--bad-well);color:var(--bad);border-color:var(--bad)}
.tag{display:inline-block;padding:.05rem .55rem;border:1px solid currentColor;border-radius:.35rem;font-size:.84rem;font-weight:600}
.headed{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:1rem 2rem}
.cards>li{display:grid;grid-template-columns:minmax(0,4fr) minmax(0,7fr);gap:1rem clamp(1.75rem,4vw,3.5rem);padding:1.5rem 0}
.cards .facts{align-content:start}
.set .stack>[type=hidden]+*{margin-top:0}
.cards>li:first-child,.set:first-child{padding-top:0}
.cards>li:last-child,.set:last-child{padding-bottom:0}
.cards>li+li,.set+.set{border-top:1px solid var(--line)}
.set{display:grid;grid-template-columns:minmax(0,4fr) minmax(0,7fr);gap:1rem clamp(1.75rem,4vw,3.5rem);padding:2rem 0;scroll-margin-top:1rem}
@media (max-width:46rem){.cards>li,.set{grid-template-columns:minmax(0,1fr)}}
.rows>li{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.2rem 1.25rem;padding:.6rem 0}
.rows>li>:first-child,.rows>li>input+span{min-width:0;flex:1 1 14rem}
.rows>li+li{border-top:1px solid var(--line)}
.beside{display:flex;flex-wrap:wrap;gap:.6rem}
.beside>input{flex:1 1 14rem;width:auto}
pre.secret{white-space:pre-wrap;overflow-wrap:anywhere;user-select:all}`;

/** The style sheet, exactly as it stands between `<style>` and `</style>`. */
export const STYLE: string = [COLOURS, GROUND, FRAME, FORMS, FACTS, VERDICT, SETTINGS, CONSOLE].join('').trim();

/** `sha256-…` of the style sheet, for `style-src` in the CSP. */
export const CSP_STYLE_HASH: string = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
