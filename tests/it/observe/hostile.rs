//! What a client chooses is one line of bounded length, whatever it is.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use http::{HeaderValue, Method, Request, Uri};
use tower_cors::observe::to_tracing;
use tower_cors::{CorsLayer, Enforcement};
use tracing::subscriber::with_default;
use tracing_subscriber::filter::LevelFilter;

use super::{Log, boxed, origins, send, two};

/// Where lines are written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines that a program's log has of these requests.
fn lines(layer: &CorsLayer, requests: Vec<Request<()>>) -> Vec<String> {
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .without_time()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    with_default(subscriber, || {
        let service = boxed(layer, &Log::default());
        for request in requests {
            send(&service, request);
        }
    });
    let bytes = written.0.lock().unwrap().split_off(0);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    text.split_terminator('\n').map(str::to_owned).collect()
}

/// Values that try to leave their place. A field takes no newline and no other control character but the tab.
fn values() -> Vec<Vec<u8>> {
    let long = |unit: &[u8]| unit.repeat((64 << 10) / unit.len());
    let mut values: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"null".to_vec(),
        b"\t\t".to_vec(),
        b"https://a.example\" reason=\"none".to_vec(),
        b"https://a.example reason=none outcome=allowed".to_vec(),
        b"\\\\n\\\\x1b[31m".to_vec(),
        b"\xff\xfe\x80\xc0\xaf".to_vec(),
        "https://a.example\u{202e}elpmaxe\u{2066}\u{200b}\u{feff}\u{85}\u{2028}".into(),
        "https://\u{115f}\u{3164}\u{e000}.example".into(),
        "x-\u{e9}".into(),
    ];
    let units: [&[u8]; 7] =
        [b"a", b"\"", b"\\", b"\xff", "\u{202e}".as_bytes(), "\u{115f}".as_bytes(), b"x-a,"];
    values.extend(units.map(long));
    // A list of names that is read, of which each one is at fault.
    let names = (0..200).map(|number| format!("x-{number:0>15}"));
    values.push(names.collect::<Vec<_>>().join(",").into_bytes());
    values.push([&b"x-"[..], &[b'a'; 4_000]].concat());
    values
}

fn hostile() -> Vec<Request<()>> {
    let mut requests = Vec::new();
    let a = &b"https://a.example"[..];
    for value in values() {
        let fields = |name, others: &[(&'static str, &[u8])]| {
            let mut request = Request::new(());
            let value = HeaderValue::from_bytes(&value).unwrap();
            for (name, value) in others {
                request.headers_mut().append(*name, HeaderValue::from_bytes(value).unwrap());
            }
            request.headers_mut().append(name, value);
            request
        };
        let (method, names) = ("access-control-request-method", "access-control-request-headers");
        requests.push(fields("origin", &[("host", b"api.example")]));
        requests.push(fields("host", &[("origin", a)]));
        let preflights = [
            fields("origin", &[("host", b"api.example"), (method, b"PUT")]),
            fields(method, &[("host", b"api.example"), ("origin", a)]),
            fields(names, &[("host", b"api.example"), ("origin", a), (method, b"PUT")]),
        ];
        for mut request in preflights {
            *request.method_mut() = Method::OPTIONS;
            requests.push(request);
        }
        // What an URI and a method take.
        let path = [b"/", &value[..]].concat();
        if let Ok(uri) = Uri::try_from(path) {
            let mut request = fields("origin", &[("host", b"api.example")]);
            *request.uri_mut() = uri;
            requests.push(request);
        }
        if let Ok(other) = Method::from_bytes(&value) {
            let mut request = fields("origin", &[("host", b"api.example")]);
            *request.method_mut() = other;
            requests.push(request);
        }
    }
    requests
}

/// Every request is a line, which holds nothing but what can be seen, and is less than 4 KiB long.
#[test]
fn a_request_is_one_line_of_bounded_length() {
    let policy = two();
    let layer = || CorsLayer::new(policy.clone().build().unwrap());
    let hosts = Enforcement::all_requests().hosts(["api.example"]);
    let mut longest = 0;
    for request in hostile() {
        for layer in [layer(), layer().enforce(hosts.clone()).unwrap()] {
            let case = format!("{:.300}", format!("{:?}", request.headers()));
            let candidate = CorsLayer::permissive().report_only(layer.clone());
            let about =
                |layer: CorsLayer| lines(&layer.observe(to_tracing()), vec![request.clone()]);
            let answered = about(layer);
            assert_eq!(answered.len(), 1, "{case}\n{answered:?}");
            for line in [answered, about(candidate)].concat() {
                let seen =
                    |letter: &char| letter.is_ascii_graphic() || " …\u{fffd}é".contains(*letter);
                assert_eq!(line.chars().find(|letter| !seen(letter)), None, "{case}\n{line}");
                assert!(line.contains("tower_cors: ") && line.len() < 4 << 10, "{case}\n{line}");
                longest = longest.max(line.len());
            }
        }
    }
    assert!(longest > 1 << 10, "{longest}: nothing here is long");
}

/// The line that the README shows.
#[test]
fn the_readme_shows_a_line_as_it_is_written() {
    let layer = CorsLayer::new(two().allow_headers(["authorization"]).build().unwrap());
    let asked = "OPTIONS /items?page=1; origin: https://a.example; method: PUT; names: x-trace";
    let [line] =
        lines(&layer.observe(to_tracing()), vec![super::request(asked)]).try_into().unwrap();
    let line = line.replace("https://a.example", "https://app.example");
    assert!(include_str!("../../../README.md").contains(&line), "{line}");
}

/// A field that a client forges stays inside the quotes of the field that it sent.
#[test]
fn nothing_is_forged() {
    let layer = CorsLayer::new(origins(&["https://a.example"]).build().unwrap());
    let request = super::request(
        "OPTIONS /a=\"1\"; origin: x\" outcome=\"allowed; method: PUT outcome=allowed; x-a: 1",
    );
    assert_eq!(
        lines(&layer.observe(to_tracing()), vec![request]),
        [concat!(
            r#" INFO tower_cors: preflight denied: the origin is not allowed kind="preflight" "#,
            r#"method="PUT outcome=allowed" path="/a=\\\"1\\\"" origin="x\\\" outcome=\\\"allowed" "#,
            r#"outcome="denied" reason="origin-not-allowed" at_fault="x\" outcome=\"allowed" "#,
            r#"hint=the origin has white space or a control character, so that no browser sent it"#,
        )]
    );
}
