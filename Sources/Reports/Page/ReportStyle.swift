/// How the report looks: quiet greys, one warm colour for what needs a second look, light and dark.
enum ReportStyle {
  static let css = """
    :root {
      --ground: #f4f6f8; --surface: #ffffff; --ink: #17212b; --muted: #5a6875; --line: #dfe5ea;
      --accent: #0b6e82; --alert: #b93a12; --alert-soft: #fdeee8; --caution: #7a5a00;
      --c0: #2f7d5b; --c1: #2b6cb0; --c2: #6b5bb5; --c3: #7d6a2f;
      --shadow: 0 1px 2px rgb(16 32 48 / 6%), 0 2px 8px rgb(16 32 48 / 5%);
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #0d1317; --surface: #151d23; --ink: #e4ebf1; --muted: #93a3b0; --line: #263139;
        --accent: #5cc6da; --alert: #ff8a5c; --alert-soft: #35201a; --caution: #e0bd5a;
        --c0: #6cc79c; --c1: #7ab4f0; --c2: #ada0f2; --c3: #d1bb72;
        --shadow: 0 1px 2px rgb(0 0 0 / 40%);
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--ground); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
      font-variant-numeric: tabular-nums;
    }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; font-weight: 650; letter-spacing: -.01em; }
    h2 { font-size: 1.1rem; margin: 0; font-weight: 650; overflow-wrap: anywhere; }
    p { margin: 0; }
    .muted { color: var(--muted); }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .brand { color: var(--accent); font-weight: 700; letter-spacing: .04em; font-size: .85rem; }
    .notice {
      border: 1px solid var(--line); border-left: 3px solid var(--accent); border-radius: 6px;
      background: var(--surface); padding: .5rem .8rem; font-size: .88rem; font-weight: 600;
    }
    .top, main, footer { max-width: 1480px; margin: 0 auto; padding: 0 1.5rem; }
    .top {
      display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; justify-content: space-between;
      padding-top: 1.75rem; padding-bottom: 1.25rem;
    }
    footer { padding-top: 2rem; padding-bottom: 3rem; font-size: .88rem; display: grid; gap: .4rem;
      max-width: 80ch; margin-left: max(0px, calc((100vw - 1480px) / 2)); overflow-wrap: anywhere; }

    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: .75rem; }
    .tile { background: var(--surface); border: 1px solid var(--line); border-radius: 10px;
      padding: .8rem 1rem; box-shadow: var(--shadow); }
    .tile b { display: block; font-size: 1.7rem; line-height: 1.15; font-weight: 650; }
    .tile.alert b { color: var(--alert); }
    .tile span { color: var(--muted); font-size: .88rem; }
    .spread { display: flex; height: 8px; border-radius: 4px; overflow: hidden; gap: 2px; margin-top: .55rem; }
    .spread i { display: block; min-width: 3px; background: var(--hue); }
    .tile.wide { grid-column: span 2; }
    .legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; }

    .tools {
      position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: .6rem 1rem;
      align-items: center; margin: 1.25rem -1.5rem .6rem; padding: .65rem 1.5rem;
      background: color-mix(in srgb, var(--ground) 92%, transparent);
      backdrop-filter: blur(8px); border-bottom: 1px solid var(--line);
    }
    .filters { display: flex; flex-wrap: wrap; gap: .35rem; }
    button, select, input[type=search] {
      font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line);
      border-radius: 8px; padding: .35rem .7rem;
    }
    button { cursor: pointer; }
    button:hover, select:hover { border-color: var(--muted); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .filters button { border-radius: 999px; display: inline-flex; gap: .45rem; align-items: center; }
    .filters button[aria-pressed=true] { background: var(--ink); color: var(--ground); border-color: var(--ink); }
    .filters small { opacity: .7; font-size: .85em; }
    .dot { width: .6rem; height: .6rem; border-radius: 50%; background: var(--hue); flex: none; }
    .search { flex: 1 1 180px; max-width: 340px; }
    .search input { width: 100%; }
    .choice { color: var(--muted); display: inline-flex; gap: .5rem; align-items: center; font-size: .92rem; }
    .choice select { color: var(--ink); }
    .switch { display: inline-flex; gap: .5rem; align-items: center; cursor: pointer; user-select: none; }
    .switch input { position: absolute; opacity: 0; }
    .track { width: 34px; height: 20px; border-radius: 10px; background: var(--muted); position: relative; transition: background .15s; }
    .track::after { content: ""; position: absolute; left: 3px; top: 3px; width: 14px; height: 14px;
      border-radius: 50%; background: #fff; transition: transform .15s; }
    input:checked + .track { background: var(--accent); }
    input:checked + .track::after { transform: translateX(14px); }
    input:focus-visible + .track { outline: 2px solid var(--accent); outline-offset: 2px; }
    #count { font-size: .9rem; margin-bottom: .75rem; min-height: 1.4em; }

    .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(236px, 1fr)); gap: 1rem; }
    .card {
      display: flex; flex-direction: column; text-align: left; padding: 0; overflow: hidden;
      border-radius: 12px; box-shadow: var(--shadow); background: var(--surface);
      content-visibility: auto; contain-intrinsic-size: auto 340px;
    }
    .card.suspicious { border-color: color-mix(in srgb, var(--alert) 55%, var(--line)); }
    .picture { position: relative; background: #05080a; aspect-ratio: 4 / 3; display: grid; place-items: center; overflow: hidden; width: 100%; }
    .picture svg { width: 100%; height: 100%; display: block; }
    .picture.large { aspect-ratio: auto; min-height: 320px; border-radius: 10px; }
    .picture.large svg { max-height: 70vh; }
    .outline .rim { fill: none; stroke: #000; stroke-opacity: .65; stroke-width: 4.5; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
    .outline .line { fill: none; stroke: #33dbeb; stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
    .suspicious .outline .line { stroke: #ff6b3d; }
    body.plain .outline { display: none; }
    .words { padding: .75rem .9rem .85rem; display: grid; gap: .4rem; width: 100%; }
    .verdict { display: flex; align-items: center; gap: .5rem; font-weight: 650; }
    .verdict output { margin-left: auto; font-weight: 500; color: var(--muted); }
    .suspicious .verdict { color: var(--alert); }
    .bar { display: flex; height: 5px; gap: 1px; border-radius: 3px; overflow: hidden; background: var(--line); }
    .bar i { background: var(--hue); }
    .file { font-size: .86rem; overflow-wrap: anywhere; display: -webkit-box; -webkit-line-clamp: 2;
      -webkit-box-orient: vertical; overflow: hidden; }
    .small { font-size: .86rem; color: var(--muted); }
    .caution { color: var(--caution); font-size: .86rem; }
    .empty { padding: 3rem 1rem; text-align: center; color: var(--muted); grid-column: 1 / -1; }

    .failures { margin-top: 2rem; }
    table { border-collapse: collapse; width: 100%; font-size: .92rem; }
    .failures table { margin-top: .6rem; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; border-collapse: separate; border-spacing: 0; }
    th { text-align: left; font-weight: 600; color: var(--muted); font-size: .85rem; }
    th, td { padding: .45rem .8rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
    tr:last-child td { border-bottom: 0; }
    td.n, th.n { text-align: right; white-space: nowrap; }

    dialog { width: min(1120px, 94vw); max-height: 94vh; border: 1px solid var(--line); border-radius: 14px;
      background: var(--surface); color: var(--ink); padding: 1.1rem 1.25rem 1.4rem; }
    dialog::backdrop { background: rgb(8 14 18 / 60%); }
    .case-head { display: flex; gap: 1rem; align-items: start; justify-content: space-between; margin-bottom: .9rem; }
    .case-tools { display: flex; gap: .35rem; flex: none; }
    .case-body { display: grid; grid-template-columns: minmax(0, 3fr) minmax(260px, 2fr); gap: 1.4rem; align-items: start; }
    #case-facts { display: grid; gap: 1rem; }
    #case-facts h3 { margin: 0 0 .3rem; font-size: .85rem; color: var(--muted); font-weight: 600; }
    #case-facts th, #case-facts td { padding: .3rem .5rem .3rem 0; }
    .likely { display: grid; grid-template-columns: 1fr auto; gap: .15rem .8rem; }
    .likely .bar { grid-column: 1 / -1; margin-bottom: .35rem; }
    .links { display: flex; flex-wrap: wrap; gap: .4rem 1rem; }
    a { color: var(--accent); }
    ul { margin: 0; padding-left: 1.1rem; }
    @media (max-width: 760px) { .case-body { grid-template-columns: 1fr; } .tile.wide { grid-column: auto; } }
    @media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
    @media print { .tools, #case { display: none; } .card { break-inside: avoid; } body { background: #fff; } }
    """
}
