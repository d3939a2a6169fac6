import Foundation
import GLibRuntime

/// The style of a report: calm, on a screen by day and night, on a phone, and on paper. It is embedded, since the page
/// is a single file.
enum ReportStyle {
  /// What a browser may do with the page: show exactly this style and the embedded pictures, and nothing else.
  static let contentSecurityPolicy = policyOfPage + "; frame-ancestors 'none'"

  /// The part that can also be stated in the page itself, for when it is opened as a file.
  static let policyOfPage =
    "default-src 'none'; style-src 'sha256-\(hash)'; img-src data:; base-uri 'none'; form-action 'none'"

  /// SHA-256 in Base64, as in a policy.
  static let hash: String = {
    let digits = Array(sha256(of: text).utf8)
    func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x61 + 10 }
    let bytes = stride(from: 0, to: digits.count, by: 2).map {
      value(digits[$0]) << 4 | value(digits[$0 + 1])
    }
    return Data(bytes).base64EncodedString()
  }()

  static let text = """
    :root {
      color-scheme: light dark;
      --page: #f4f5f6; --surface: #ffffff; --tint: #eef0f2; --text: #1b2127; --muted: #545e68; --line: #dde1e5; --edge: #848e98;
      --accent: #1f5a92; --ok: #1c7a4c; --ok-soft: #b5dcc7; --warn: #8a5300; --warn-tint: #fdf3e1; --bad: #b3231a; --bad-tint: #fdecea; --on-bad: #ffffff;
      font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
    }
    @media screen and (prefers-color-scheme: dark) {
      :root {
        --page: #13171b; --surface: #1b2025; --tint: #242a31; --text: #e7ebef; --muted: #a5afb9; --line: #2e353d; --edge: #79838d;
        --accent: #86b8ea; --ok: #6fcf9c; --ok-soft: #25523b; --warn: #efb65a; --warn-tint: #2e2413; --bad: #ff8f85; --bad-tint: #351a18; --on-bad: #2a0806;
      }
    }
    *, *::before, *::after { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--page); color: var(--text); overflow-wrap: break-word; }
    main, footer { max-width: 62rem; margin: 0 auto; padding: 1.5rem clamp(.9rem, 3vw, 2rem); }
    footer { padding-top: 0; color: var(--muted); font-size: .875rem; }
    h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
    ul { list-style: none; }
    h1 { font-size: clamp(1.5rem, 1.2rem + 1.4vw, 2.1rem); line-height: 1.2; font-weight: 680; letter-spacing: -.01em; }
    h2 { font-size: 1.2rem; line-height: 1.3; font-weight: 650; margin: 2.2rem 0 .7rem; }
    h3 { font-size: 1.1rem; line-height: 1.3; font-weight: 650; }
    a { color: var(--accent); text-underline-offset: .15em; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .eyebrow { color: var(--muted); font-size: .9rem; font-weight: 600; }
    .muted, .fine { color: var(--muted); }
    .fine { font-size: .85rem; }
    .defs { position: absolute; }
    .hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

    .session { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(11rem, 45%), 1fr)); gap: .7rem 1.5rem; margin-top: 1.1rem; }
    dt { color: var(--muted); font-size: .85rem; }
    .session dd { font-weight: 600; font-variant-numeric: tabular-nums; }
    .session dd small { display: block; font-size: .85rem; font-weight: 400; color: var(--muted); }
    .notice { margin-top: 1rem; padding: .75rem 1rem; border-radius: 8px; background: var(--tint); border: 1px solid var(--line); border-inline-start: 4px solid var(--edge); }
    .notice.warn { background: var(--warn-tint); border-color: var(--warn); }
    .notice.bad { background: var(--bad-tint); border-color: var(--bad); }
    .reading { margin-top: 1rem; color: var(--muted); font-size: .925rem; max-width: 48rem; }

    .attention li { display: flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; padding: .35rem 0; border-bottom: 1px solid var(--line); }
    .attention li:last-child { border-bottom: 0; }
    .attention a { font-weight: 620; min-width: 0; }
    .card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: .6rem 1.1rem; }

    table { width: 100%; border-collapse: collapse; background: var(--surface); border: 1px solid var(--line); font-variant-numeric: tabular-nums; }
    th, td { text-align: start; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid var(--line); }
    th { font-weight: 620; }
    thead th { font-size: .85rem; color: var(--muted); background: var(--tint); vertical-align: bottom; }
    td.number, th.number { text-align: end; white-space: nowrap; }
    td small { display: block; color: var(--muted); font-size: .85rem; line-height: 1.35; }
    /* A name may be 80 letters without a space: broken, lest it push the other columns off the page. */
    tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 7rem; }
    .flag { width: .85em; height: .85em; fill: var(--bad); }

    .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .875rem; color: var(--muted); margin-bottom: .9rem; }
    .legend svg { width: 26px; height: 12px; margin-inline-end: .4rem; vertical-align: -1px; overflow: visible; }
    .student { padding: 1rem 1.1rem 1.1rem; margin-bottom: 1rem; }
    .student h3 + p { color: var(--muted); font-size: .925rem; font-variant-numeric: tabular-nums; }
    .timeline { display: grid; grid-template-columns: 7rem minmax(0, 1fr); margin: .8rem 0 .4rem; }
    .lanes { display: grid; grid-auto-rows: 20px; align-content: start; font-size: .8rem; line-height: 20px; color: var(--muted); white-space: nowrap; }
    .timeline svg { display: block; overflow: visible; }
    .timeline text { font-size: .75rem; fill: var(--muted); font-variant-numeric: tabular-nums; }
    .grid { stroke: var(--line); }
    .track { stroke: var(--line); stroke-width: 2; }
    rect { stroke-width: 1.5; }
    .presence { fill: var(--ok-soft); stroke: var(--ok); }
    .pause { fill: url(#dots); stroke: var(--accent); }
    .blind { fill: url(#rails); stroke: var(--edge); }
    .medium { fill: url(#hatch); stroke: var(--warn); }
    .high { fill: var(--bad); stroke: var(--bad); }
    .open { stroke-dasharray: 3 2; stroke: var(--text); }
    .p-hatch { stroke: var(--warn); stroke-width: 3; }
    .p-rails { stroke: var(--edge); stroke-width: 2; }
    .p-dots { fill: var(--accent); }
    .facts { margin-top: .5rem; font-size: .9rem; font-variant-numeric: tabular-nums; }
    .facts div { display: grid; grid-template-columns: 7rem minmax(0, 1fr); margin-top: .15rem; }
    .facts dd { grid-column: 2; }
    .facts dt { font-size: .85rem; padding-top: .05rem; }

    .alerts { margin-top: .8rem; border-width: 1px 0 0; }
    .alerts td { padding: .6rem .7rem; }
    .alerts td.picture { width: 10.5rem; padding-inline-start: 0; }
    .alerts thead th:first-child { padding-inline-start: .7rem; }
    .alerts thead th:last-child { overflow-wrap: anywhere; }
    .alerts tbody tr:last-child td { border-bottom: 0; padding-bottom: 0; }
    .alerts img { display: block; width: 100%; height: auto; border-radius: 6px; background: var(--tint); }
    .no-picture { display: grid; place-items: center; text-align: center; min-height: 4.5rem; padding: .5rem; border-radius: 6px; border: 1px dashed var(--edge); color: var(--muted); font-size: .85rem; line-height: 1.3; }
    .no-picture.gone { border-color: var(--bad); color: var(--bad); }
    .what { display: flex; flex-wrap: wrap; gap: .15rem .5rem; align-items: baseline; }
    .what strong { font-weight: 650; }
    .tag { font-size: .8rem; font-weight: 600; line-height: 1.35; padding: 0 .5rem; border-radius: 99px; border: 1px solid var(--edge); color: var(--text); white-space: nowrap; }
    .tag.high { background: var(--bad); border-color: var(--bad); color: var(--on-bad); }
    .tag.medium { border-color: var(--warn); color: var(--warn); }
    .tag.standing { border-style: dashed; border-color: var(--text); }
    .note { margin-top: .35rem; padding: .3rem .7rem; border-inline-start: 3px solid var(--accent); background: var(--tint); font-size: .925rem; }
    .note b { font-weight: 620; }
    .typed { white-space: pre-wrap; overflow-wrap: anywhere; }

    @media (max-width: 34rem) {
      th, td { padding: .35rem .45rem; }
      .summary { font-size: .85rem; }
      .summary thead th { font-size: .8rem; }
      td.number, th.number { white-space: normal; }
      /* Said again with each student. */
      .extra { display: none; }
      .session { gap: .7rem 1rem; }
      .card { padding-inline: .8rem; }
      .timeline, .facts div { grid-template-columns: 6rem minmax(0, 1fr); }
      .alerts td.picture { width: 6.5rem; }
    }
    @page {
      size: A4; margin: 14mm 14mm 17mm;
      @bottom-left { content: "Exam report · confidential"; font: 8pt sans-serif; color: #545e68; }
      @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #545e68; }
    }
    @media print {
      :root { color-scheme: light; font-size: 9.5pt; }
      body { background: none; }
      main, footer { max-width: none; padding: 0; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      a { color: inherit; text-decoration: none; }
      h2, h3, .legend { break-after: avoid; }
      h2.each { break-before: page; }
      .student, .notice, .legend, tr, .timeline, .facts, .session { break-inside: avoid; }
      .summary { font-size: 8.5pt; }
      .summary th, .summary td { padding: .2rem .5rem; }
      .student { padding: .7rem .9rem; }
      .alerts td.picture { width: 8.5rem; }
      .alerts td { padding-block: .45rem; }
      p { orphans: 3; widows: 3; }
    }
    """
}
