//! Patterns, each with origins that it stands for, and with neighbours that it does not.

use super::near::host_of;

/// Pattern, its origins, others.
const ROWS: &[(&str, &str, &str)] = &[
    (
        "https://foo.com",
        "https://foo.com",
        "https://barfoo.com https://foo.com. https://foo.co https://foo.comm http://foo.com \
         https://foo.com:1 https://fooxcom https://a.foo.com https://foo.com/ https://FOO.com",
    ),
    (
        "https://*.a.example",
        "https://x.a.example https://x.y.a.example https://_.a.example https://a.a.example",
        "https://a.example https://.a.example https://x..a.example https://xa.example \
         https://x.a.example. https://x.a.example:1 https://x.aXexample https://x.a.exampl \
         http://x.a.example https://x.b.example https://*.a.example https://x.a.example.org",
    ),
    (
        "https://*.a.example.",
        "https://x.a.example.",
        "https://x.a.example https://a.example. https://x.a.example..",
    ),
    (
        "http://localhost:*",
        "http://localhost http://localhost:1 http://localhost:65535",
        "http://localhost:80 http://localhost:0 http://localhost:01 http://localhost:65536 \
         http://localhost: http://localhost:* http://localhost:3000x http://localhost:-1 \
         http://localhost:+1 http://xlocalhost:1 http://localhost.:1 https://localhost:1",
    ),
    (
        "https://*.a.example:*",
        "https://x.a.example https://x.a.example:8443",
        "https://a.example:8443 https://x.a.example:443 https://.a.example:8443",
    ),
    (
        "https://*.a.example:8443",
        "https://x.a.example:8443",
        "https://x.a.example https://x.a.example:844 https://x.a.example:84430",
    ),
    (
        "http://[::1]:*",
        "http://[::1] http://[::1]:90",
        "http://[::1]:80 http://[::1 http://[::1]90",
    ),
    (
        "http://[::1]:90",
        "http://[::1]:90",
        "http://[::1]:9 http://[::1:90 http://::1:90 http://[::1]",
    ),
    (
        "http://[::ffff:c0a8:1]",
        "http://[::ffff:c0a8:1]",
        "http://[::ffff:192.168.0.1] http://192.168.0.1",
    ),
    (
        "http://127.0.0.1",
        "http://127.0.0.1",
        "http://127.0.0.1. http://127.0.1 http://127.0.0.01 http://a.127.0.0.1",
    ),
    (
        "capacitor://localhost",
        "capacitor://localhost",
        "capacitor://LOCALHOST capacitor://localhost/ Capacitor://localhost",
    ),
    (
        "safari-web-extension://ABC-1",
        "safari-web-extension://ABC-1",
        "safari-web-extension://abc-1",
    ),
    (
        "https://*.com",
        "https://a.com https://a.b.com",
        "https://com https://acom https://a.com.org",
    ),
    ("app://*.a:*", "app://X.a app://x~y.a:80 app://b.a:443", "app://a app://x.A app://.a"),
    // A `*` within a label: another dot, an empty middle, another start or end.
    (
        "https://pr-*.preview.a.example",
        "https://pr-1.preview.a.example https://pr-a-b.preview.a.example \
         https://pr-pr-.preview.a.example https://pr-_.preview.a.example",
        "https://pr-.preview.a.example https://pr-1.x.preview.a.example https://pr.preview.a.example \
         https://x.pr-1.preview.a.example https://xpr-1.preview.a.example https://preview.a.example \
         https://pr-1.preview.a.example.evil.org https://pr-1.previewxa.example \
         https://pr-1.preview.b.example https://pr-1.preview.a.example. https://pr-1-preview.a.example \
         https://pr-1.preview.a.example:1 http://pr-1.preview.a.example https://pr-1.preview.a.exampl \
         https://pr-*.preview.a.example https://pr-A.preview.a.example https://pr-%.preview.a.example \
         https://pr-1..preview.a.example https://pr-1@.preview.a.example https://pr-1/.preview.a.example \
         https://pr-1.preview.a.example/ httpsx://pr-1.preview.a.example",
    ),
    (
        "https://site-*-team.vercel.app",
        "https://site-x-team.vercel.app https://site-a-b-team.vercel.app \
         https://site--team-team.vercel.app https://site-site-x-team.vercel.app",
        "https://site-team.vercel.app https://site--team.vercel.app https://site-x-teams.vercel.app \
         https://site-evil.x-team.vercel.app https://site-x.evil-team.vercel.app \
         https://site-x-team.vercel.app.evil.org https://site-x-team.vercel.app:8443 \
         https://sites-x-team.vercel.app https://site-x-team.evil-team.vercel.app \
         https://site-x-eteam.vercel.app https://vercel.app https://site-x-team",
    ),
    (
        "https://*-app.a.example:*",
        "https://x-app.a.example https://x-app.a.example:8443 https://--app.a.example",
        "https://-app.a.example https://x-app.a.example:443 https://app.a.example \
         https://x-app.a.example:0 https://x.x-app.a.example https://xapp.a.example",
    ),
    (
        "http://a*b.localhost:3000",
        "http://axb.localhost:3000 http://abb.localhost:3000 http://aab.localhost:3000",
        "http://ab.localhost:3000 http://axb.localhost http://axb.localhost:300 http://ax.localhost:3000",
    ),
    // The starts of these overlap, and so do their ends.
    ("https://a*.c.example", "https://aa.c.example", "https://a.c.example https://ba.c.example"),
    ("https://aa*.c.example", "https://aaa.c.example", "https://aa.c.example.org"),
    ("https://*a.c.example", "https://ba.c.example", "https://b.c.example"),
    // Every origin of a scheme, and another scheme that begins alike.
    (
        "moz-extension://*",
        "moz-extension://0d2ba3d8-6b8e-4d3f-9e1c-1a2b3c4d5e6f moz-extension://A moz-extension://. \
         moz-extension:// moz-extension://x.y moz-extension://x:80 moz-extension://[::1]",
        "moz-extensions://x moz-extension2://x moz-ext://x moz-extension:x moz-extension://x/ \
         moz-extension://x?y moz-extension://x@y moz-extension://x:0 moz-extension://:80 \
         moz-extension://x^y xmoz-extension://x moz-extension://* moz-extension://x,y \
         Moz-extension://x moz-extension://[::1",
    ),
    (
        "vscode-webview://a*",
        "vscode-webview://ab vscode-webview://a!",
        "vscode-webview://a vscode-webview://ab.c vscode-webview://ab:1",
    ),
    // Opaque hosts are compared as they are.
    ("electron://.", "electron://.", "electron:// electron://.. electron://./ electron://.:1"),
    ("cordova://", "cordova://", "cordova://. cordova://x cordova:/// cordova://:80 cordova:"),
    (
        "ms-appx-web://microsoft.app!x",
        "ms-appx-web://microsoft.app!x",
        "ms-appx-web://Microsoft.app!x ms-appx-web://microsoft.app%21x ms-appx-web://microsoft.app",
    ),
    (
        "hyper://0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "hyper://0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "hyper://0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdee \
         hyper://0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
    ),
];

type Row = (String, Vec<String>, Vec<String>);

/// The rows, and those of hosts that are as long as they may be.
pub(super) fn rows() -> Vec<Row> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let row = |row: &(&str, &str, &str)| (row.0.to_owned(), words(row.1), words(row.2));
    let mut rows: Vec<Row> = ROWS.iter().map(row).collect();
    let https = |host: String| format!("https://{host}");
    for dot in [false, true] {
        let (longest, longer) = (https(host_of(253, dot)), https(host_of(254, dot)));
        rows.push((longest.clone(), vec![longest], vec![longer]));
    }
    let label = |length: usize| https("a".repeat(length) + ".a.example");
    rows.push(("https://*.a.example".to_owned(), vec![label(1), label(63)], vec![label(64)]));
    // One label more fits under 253 octets, or does not.
    let under = |length: usize| {
        let base = https(host_of(247, false));
        (base.replace("://", "://*."), base.replace("://", &format!("://{}.", "x".repeat(length))))
    };
    rows.push((under(5).0, vec![under(5).1], vec![under(6).1]));
    // A port is no part of them.
    for any in [":65535", ":*"] {
        let [fits, does_not] = [5, 6].map(|length| under(length).1 + ":65535");
        rows.push((under(5).0 + any, vec![fits], vec![does_not]));
    }
    // So does a label with a `*`.
    let within = |before: usize, after: usize| {
        let fill = |middle: usize| {
            let [before, middle, after] = [before, middle, after].map(|count| "x".repeat(count));
            https(format!("{before}{middle}{after}.a.example"))
        };
        let label = "x".repeat(before) + "*" + &"x".repeat(after);
        let room = 63 - before - after;
        (https(label + ".a.example"), vec![fill(1), fill(room)], vec![fill(0), fill(room + 1)])
    };
    rows.extend([within(1, 0), within(0, 62), within(31, 31)]);
    let long = |length: usize| {
        let base = https(host_of(247, false));
        (
            base.replace("://", "://y*."),
            base.replace("://", &format!("://y{}.", "x".repeat(length))),
        )
    };
    rows.push((long(4).0, vec![long(4).1], vec![long(5).1]));
    let opaque = |length: usize| format!("app://{}", "a".repeat(length));
    rows.push((opaque(320), vec![opaque(320)], vec![opaque(319), opaque(321)]));
    // No origin has over 326 octets.
    let below = |length: usize| opaque(length) + ".a.example";
    rows.push(("app://*.a.example".to_owned(), vec![below(310)], vec![below(311)]));
    rows
}
