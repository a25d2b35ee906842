/** The part of the style sheet (`style.ts`) that the console's pages alone use: range picker, live list, lineage, plans, accounts, sharing. */

const RANGE = `
.range ul{display:inline-flex;flex-wrap:wrap;border:1px solid var(--edge);border-radius:.5rem;overflow:hidden;background:var(--card)}
.range li+li{border-left:1px solid var(--line)}
.range a{display:block;min-width:2.9rem;padding:.3rem .65rem;font-size:.86rem;line-height:1.5;text-align:center;color:var(--soft);text-decoration:none}
.range a:hover{background:var(--well);color:var(--ink)}
.range a:focus-visible{outline-offset:-.19rem}
.range a[aria-current]{background:var(--accent);color:var(--on-accent);font-weight:600}
@media (forced-colors:active){.range a[aria-current]{forced-color-adjust:none;background:Highlight;color:HighlightText}}`;

const ACCOUNT = `
.or{display:flex;align-items:center;gap:.9rem;max-width:none;color:var(--soft);font-size:.86rem}
.or::before,.or::after{content:"";flex:1;border-top:1px solid var(--line)}
.instead{margin-top:1rem}
.instead [role=status]:empty{display:none}
.rows .stack-near>*+*{margin-top:.15rem}
.set>.stack>.rows:first-child>li:first-child{padding-top:0}
.key{font-size:1rem;color:var(--ink)}
.keys>li{padding:1.4rem 0}
.keys>li:first-child{padding-top:0}
.keys>li:last-child{padding-bottom:0}
.keys>li+li{border-top:1px solid var(--line)}
.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem}
.counts>div{padding:.8rem 1rem;border:1px solid var(--line);border-radius:.7rem;background:var(--well)}
.counts dt{font-size:.86rem;color:var(--soft)}
.counts dd{font-size:1.4rem;line-height:1.3;font-weight:650;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.diary li{display:grid;grid-template-columns:12.5rem minmax(0,1fr);gap:.1rem 1.25rem;padding:.55rem 0}
.diary li+li{border-top:1px solid var(--line)}
.diary time{color:var(--soft);font-size:.9rem;font-variant-numeric:tabular-nums}
@media (max-width:40rem){.diary li{grid-template-columns:minmax(0,1fr)}}`;

const FIXES = `
.time .fold{padding-top:.1rem}
.time .fold::before{width:.4rem;height:.4rem;left:calc(-.2rem - 1px);top:.62rem;background:var(--edge)}
.time .fold summary{cursor:pointer;color:var(--soft);font-size:.9rem}
.time .fold .time{margin-top:.9rem}
a.quiet{color:inherit;text-decoration-color:var(--line)}
a.quiet:hover{color:var(--accent);text-decoration-color:currentColor}
.minor{font-size:.86rem;font-weight:400;color:var(--soft)}
.changes{width:100%;border-collapse:collapse;font-size:.94rem;text-align:left}
.changes th,.changes td{padding:.6rem .9rem .6rem 0;vertical-align:top;border-top:1px solid var(--line);font-weight:400;overflow-wrap:anywhere}
.changes thead th{border:0;padding-bottom:.3rem;font-size:.86rem;color:var(--soft)}
.changes tbody th{width:30%;font-weight:600}
@media (max-width:34rem){.changes thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.changes tr,.changes tbody th,.changes td{display:block;width:auto;border:0;padding:.1rem 0}.changes tr{padding:.5rem 0;border-top:1px solid var(--line)}
.changes td::before{content:attr(data-is);display:inline-block;width:3rem;color:var(--soft);font-weight:400}}
.dots>li{position:relative;padding:.15rem 0 .15rem 1.1rem;max-width:62ch}
.dots>li::before{content:"";position:absolute;left:.1rem;top:.82em;width:.36rem;height:.36rem;border-radius:50%;background:currentColor;opacity:.55}
.guide a{grid-template-columns:minmax(0,5fr) minmax(0,8fr)}
@media (max-width:40rem){.guide a{grid-template-columns:minmax(0,1fr)}.guide .what{grid-row:auto}}
.cause{scroll-margin-top:1rem}
.cause:target{border-left:.2rem solid var(--accent);padding-left:1rem;margin-left:-1.2rem}
.cause+.cause{padding-top:2.25rem;border-top:1px solid var(--line)}`;

const LOG = `
main:has(>.log){max-width:82rem}
.refusals-head{align-items:center;margin-bottom:1rem}
.refusals-head h1{margin-right:auto}
.live-state{display:inline-flex;align-items:center;gap:.45rem}
.live-state[hidden]{display:none}
.live-state::before{content:"";width:.55rem;height:.55rem;border-radius:50%;border:2px solid currentColor}
.live-state.on::before{background:var(--good);border-color:var(--good)}
.board{--pad:clamp(.9rem,2.5vw,1.4rem);border-radius:.8rem}
.chart{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem clamp(1.25rem,3vw,2.5rem);align-items:center}
@media (min-width:52rem){.chart{grid-template-columns:minmax(0,5fr) minmax(0,6fr)}}
.chart b{font-weight:650;font-size:1.05rem;color:var(--ink)}
.chart b.fail{color:var(--bad)}
.chart .peak{float:right}
.bars{display:block;width:100%}
.bars .ok{fill:var(--edge)}.bars .no{fill:var(--bad)}.bars .axis{fill:var(--edge)}
.chart-all .bars{height:5.2rem;margin:.2rem 0}
.chart-axis{display:flex;justify-content:space-between;max-width:none;font-size:.78rem}
.chart-causes a,.chart-causes li>div{display:grid;grid-template-columns:minmax(0,1fr) minmax(3.5rem,20%) 3.6rem;align-items:center;gap:.9rem;padding:.22rem .5rem;margin:0 -.5rem;border-radius:.35rem;color:inherit;font-size:.88rem;text-decoration:none}
.chart-causes a:hover,.chart-causes a[aria-current]{background:var(--well)}
.chart-causes a:hover .name{text-decoration:underline}
.chart-causes a[aria-current] .name{font-weight:650}
.chart-causes .name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.chart-causes .bars{height:1.1rem}
.chart-causes .count{text-align:right;font-variant-numeric:tabular-nums}
.chart-table{grid-column:1/-1}
.chart-table summary{color:var(--soft);cursor:pointer;width:max-content;max-width:100%}
.chart-table .scroll{max-height:18rem;overflow:auto;margin-top:.5rem}
.chart-table table{border-collapse:collapse;min-width:100%}
.chart-table th,.chart-table td{padding:.2rem .8rem .2rem 0;text-align:right;font-weight:400;vertical-align:bottom;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums;overflow-wrap:normal}
.chart-table th:first-child{text-align:left;white-space:nowrap}
.filters{display:flex;flex-wrap:wrap;align-items:end;gap:.7rem .8rem;margin:1.1rem 0}
.filters>p{flex:1 1 8rem;min-width:0;max-width:none}
.filters>.wide-field{flex:2 1 13rem}
.filters>.buttons{flex:0 1 auto;display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1rem}
.filters label{font-size:.8rem;font-weight:600;color:var(--soft);margin-bottom:.2rem}
.filters .tick{font-size:.9rem;font-weight:400;color:var(--ink);margin:0}
.filters select,.filters input[type=search]{display:block;width:100%;min-height:2.4rem;padding:.3rem .6rem;font:inherit;font-size:.92rem;color:var(--ink);background:var(--card);border:1px solid var(--edge);border-radius:.5rem}
.filters button{min-height:2.4rem;padding:.3rem 1.1rem;font-size:.92rem;border-radius:.5rem}
.filters a{font-size:.92rem}
@media (max-width:40rem){.filters{display:grid;grid-template-columns:repeat(2,minmax(0,1fr))}.filters>p:nth-of-type(n+3){grid-column:1/-1}
.chart-causes .name{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;white-space:normal;line-height:1.35}}
.log{--row:2.5rem;position:relative}
.log-table{background:var(--card);border:1px solid var(--line);border-radius:.8rem}
.log-row{position:relative;display:grid;grid-template-columns:10.2rem minmax(0,5fr) repeat(3,minmax(0,2fr)) 4.6rem 6.6rem;align-items:center;gap:0 1rem;height:var(--row);padding:0 1rem;font-size:.9rem;border-top:1px solid var(--line);contain:layout style}
.of-0 .log-row{grid-template-columns:10.2rem minmax(0,1fr) 4.6rem 6.6rem}
.of-1 .log-row{grid-template-columns:10.2rem minmax(0,5fr) minmax(0,2fr) 4.6rem 6.6rem}
.of-2 .log-row{grid-template-columns:10.2rem minmax(0,5fr) repeat(2,minmax(0,2fr)) 4.6rem 6.6rem}
.of-4 .log-row{grid-template-columns:10.2rem minmax(0,5fr) repeat(4,minmax(0,2fr)) 4.6rem 6.6rem}
.of-5 .log-row{grid-template-columns:10.2rem minmax(0,5fr) repeat(5,minmax(0,2fr)) 4.6rem 6.6rem}
.of-6 .log-row{grid-template-columns:10.2rem minmax(0,4fr) repeat(6,minmax(0,2fr)) 4.6rem 6.6rem}
.log-row>*{min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.log-top{position:sticky;top:0;z-index:2}
.log-head{height:2.1rem;background:var(--card);border-top:0;border-bottom:1px solid var(--line);border-radius:.8rem .8rem 0 0;color:var(--soft);font-size:.8rem;font-weight:600;contain:none}
.log-table:not(:has([data-id])) .log-head{border-bottom:0;border-radius:.8rem}
.log-body>.log-row:first-child,.log-body>.log-row[aria-rowindex="2"]{border-top-color:transparent}
.log-row .when,.log-row .ref,.log-row .profile,.log-row .cell{color:var(--soft)}
.log-row .when,.log-row .ref{font-variant-numeric:tabular-nums}
.log-row .ref,.log-row .cell{font-family:ui-monospace,"SF Mono","Cascadia Mono","JetBrains Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.82rem;unicode-bidi:isolate}
.log-row .what{display:flex;gap:.6rem;align-items:baseline}
.log-row .what a{min-width:0;overflow:hidden;text-overflow:ellipsis;color:var(--ink);font-weight:550;text-decoration:none}
.log-row .what a::after{content:"";position:absolute;inset:0}
.log-row .what a:focus-visible{outline:0}
.log-row .what a:focus-visible::after,.log-table:focus-visible .active .what a::after{outline:.19rem solid var(--accent);outline-offset:-.19rem;border-radius:.3rem}
.log-table:focus-visible{outline:0}
.log-body{overflow-anchor:none}
.log-body .log-row:hover{background:var(--well)}
.log-body .log-row:hover .what a{color:var(--accent)}
.log-row .times{flex:none;color:var(--soft);font-variant-numeric:tabular-nums}
.log-row.ok .what a{font-weight:400;color:var(--good)}
.log>p.small:first-of-type{margin-bottom:.5rem}
.log-none{padding:1.2rem 1rem}
.log-more{padding:.9rem 1rem}
.log-more:empty{display:none}
.fresh{position:sticky;top:2.6rem;z-index:3;display:flex;width:max-content;margin:0 auto -2.2rem;height:2.2rem;min-height:0;padding:.25rem 1rem;font-size:.9rem;border-radius:1.1rem;background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.fresh:hover{background:var(--accent-deep);color:var(--on-accent)}
.fresh[hidden]{display:none}
@media (max-width:56rem){.log{--row:4.5rem}
.log-table .log-top{position:absolute;width:1px;height:1px;padding:0;overflow:hidden;clip-path:inset(50%)}
.log .log-body .log-row{grid-template:"what what what" auto "when app ref" auto/auto minmax(0,1fr) auto;align-content:center;gap:.15rem .9rem;padding:0 .9rem}
.log-row .what{grid-area:what}.log-row .when{grid-area:when}.log-row .ref{grid-area:ref}
.log-row .cell,.log-row .profile{display:none}
.log-row .when+.what+.cell{display:block;grid-area:app}
.fresh{top:.5rem}}
@media (max-width:30rem){.log .log-body .log-row{grid-template:"what what" auto "when app" auto/auto minmax(0,1fr)}.log-row .ref{display:none}}
@media (forced-colors:active){.bars .ok{fill:GrayText}.bars .no,.bars .axis{fill:CanvasText}}`;

const LINEAGE = `
select{display:block;width:100%;min-height:2.9rem;padding:.55rem .85rem;font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--edge);border-radius:.6rem}
select:focus-visible{outline-offset:0;border-color:var(--accent);border-radius:.6rem}
summary{cursor:pointer;color:var(--accent)}
.sieve{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.9rem;align-items:end}
.sieve>*{min-width:0}
.notice a{color:inherit}
.notice .warn,.notice .soft{color:inherit}
.lineage .across>svg{display:block;max-width:100%;height:auto}
.lineage .down>svg{display:block;max-width:100%;height:auto}
.lineage .down{display:none}
@media (max-width:62rem){.lineage .across{display:none}.lineage .down{display:block}}
.lineage ul{padding-left:1rem;border-left:1px solid var(--line)}
.lineage details>ul{margin-top:.6rem}
.lineage li>p{padding:.15rem 0}
.lineage .edge{fill:none;stroke:var(--edge);stroke-width:1.5}
.lineage .box{fill:var(--well);stroke:var(--edge);stroke-width:1.5}
.lineage text{fill:var(--ink);font-size:12px}
.lineage .title{font-weight:650}
.lineage .name{font:11px ui-monospace,"SF Mono","Cascadia Mono","JetBrains Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--soft)}
.lineage .decision .box{stroke:var(--accent);fill:var(--card)}
.lineage .live .box{stroke:var(--good);stroke-width:2.5;fill:var(--good-well)}
.lineage .live .standing{fill:var(--good);font-weight:650}
.lineage .over .box{stroke-dasharray:5 4;fill:none}
.lineage .over .standing,.lineage .spent .standing{fill:var(--soft)}
.lineage .dead .box{stroke:var(--bad);fill:var(--bad-well)}
.lineage .dead .standing{fill:var(--bad);font-weight:650}
.lineage .dead .title{text-decoration:line-through}
.lineage .owed .box{stroke:var(--warn);stroke-width:2.5;stroke-dasharray:1.5 5;stroke-linecap:round;fill:var(--warn-well)}
.lineage .owed .standing{fill:var(--warn);font-weight:650}
.lineage .more .box{fill:none;stroke:none}
.qr{display:block;width:13rem;height:13rem;background:#fff;border-radius:.5rem}
.qr path{fill:#000}
@media (forced-colors:active){.qr{forced-color-adjust:none}.lineage .box,.lineage .edge{stroke:CanvasText;fill:Canvas}.lineage text{fill:CanvasText}}`;

const SHARING = `
.sharing{display:grid;grid-template-columns:minmax(0,1fr);gap:1.5rem clamp(1.5rem,3vw,2.5rem);align-items:start}
@media (min-width:52rem){.sharing{grid-template-columns:minmax(0,2fr) minmax(0,3fr)}}
.sharing .ticket{margin:0}
.choices>.button{text-align:center}
[hidden]{display:none!important}`;

/** All of it; it stands behind the rest. */
export const CONSOLE: string = [RANGE, LOG, ACCOUNT, FIXES, SHARING, LINEAGE].join('');
