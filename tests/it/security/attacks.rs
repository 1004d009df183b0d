//! Attacks on gateways: floods, odd hosts and ports, and lines smuggled into a response.
//! <https://www.rfc-editor.org/rfc/rfc9110#section-5.5>

use http::{HeaderValue, Request};
use tower_cors::Policy;

fn patterns() -> Vec<String> {
    let few = ["https://*.partner.example", "https://good.example", "http://localhost:*"];
    let many = (0..1_000).map(|number| format!("https://{number}.good.example"));
    few.into_iter().map(str::to_owned).chain(many).collect()
}

fn policy() -> Policy {
    Policy::builder()
        .allow_origins(patterns())
        // Only so that it builds without the feature `public-suffix`, too.
        .dangerously_allow_public_suffixes(true)
        .allow_credentials(true)
        .allow_methods(["*"])
        .allow_headers(["*"])
        .build()
        .unwrap()
}

/// Twenty thousand odd origins, near to one that is allowed: only what is one of these is, and nothing
/// is allocated for any other.
#[test]
fn a_flood_of_odd_origins_is_denied_and_costs_no_memory() {
    let (policy, patterns) = (policy(), patterns());
    let mut state = 42_u64;
    let mut next = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let near = ["https://good.example", "https://eu.partner.example", "http://localhost:3000"];
    for _ in 0..20_000 {
        let mut origin = near[next(near.len())].as_bytes().to_vec();
        for _ in 0..=next(3) {
            let at = next(origin.len());
            match next(3) {
                0 => origin.insert(at, b"!/\\@#?%:._-[]0\t\xff"[next(16)]),
                1 => drop(origin.remove(at)),
                _ => origin.extend(std::iter::repeat_n(b'a', next(400))),
            }
        }
        let Ok(value) = HeaderValue::from_bytes(&origin) else { continue };
        let request = Request::get("/").header("origin", &value).body(()).unwrap();
        let (decision, allocations) = crate::allocations::count(|| policy.decide(&request));
        let text = String::from_utf8_lossy(&origin);
        let matches = |pattern: &String| crate::oracle::origin::matches(pattern, &origin);
        assert_eq!(decision.is_allowed(), patterns.iter().any(matches), "{text}");
        assert!(decision.is_allowed() || allocations == 0, "{text}");
    }
}

/// The policy reads nothing of the host; and a port is part of an origin.
#[test]
fn an_odd_host_or_port_changes_nothing() {
    let policy = policy();
    let decide = |origin: &str, host: &str| {
        let request = Request::get("/").header("origin", origin).header("host", host);
        policy.decide(&request.body(()).unwrap())
    };
    let usual = decide("https://good.example", "api.example").headers();
    for host in
        ["evil.example", "", "api.example:0", "api.example:99999", "a@b", "[::1", "good.example"]
    {
        let decision = decide("https://good.example", host);
        assert!(decision.is_allowed(), "{host}");
        assert_eq!(decision.headers(), usual, "{host}");
        assert!(!decide("https://evil.example", host).is_allowed(), "{host}");
    }
    for port in ["444", "443", "0", "65536", "+1", "0x50", ""] {
        let origin = format!("https://good.example:{port}");
        assert!(!decide(&origin, "api.example").is_allowed(), "{origin}");
    }
}

/// Every byte, in every value that is echoed: what comes back is what was sent, and is a token or an
/// origin, without a control character.
#[test]
fn nothing_that_is_echoed_splits_a_response() {
    let policy = policy();
    let mut echoed = 0;
    for byte in 0..=u8::MAX {
        let with = |text: &str| HeaderValue::from_bytes(&[text.as_bytes(), &[byte], b"x"].concat());
        for place in ["origin", "access-control-request-method", "access-control-request-headers"] {
            let mut request = Request::options("/")
                .header("origin", "https://eu.partner.example")
                .header("access-control-request-method", "PUT")
                .header("access-control-request-headers", "x-a")
                .body(())
                .unwrap();
            let text = if place == "origin" { "https://eu" } else { "x" };
            // Bytes that would end a line are no value to begin with.
            let Ok(value) = with(text) else {
                assert!(byte < b' ' || byte == 0x7f, "{byte}");
                continue;
            };
            request.headers_mut().insert(place, value);
            let decision = policy.decide(&request);
            for (name, value) in &decision.headers() {
                let is_sound = |byte: &u8| (b' '..0x7f).contains(byte) || *byte == b'\t';
                assert!(value.as_bytes().iter().all(is_sound), "{place} {byte}: {name}: {value:?}");
            }
            echoed += usize::from(decision.is_allowed());
        }
    }
    assert!(echoed > 100, "{echoed}");
}
