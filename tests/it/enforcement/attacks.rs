//! What passes an enforcement that looks at too little: each row is an attack, or what an attack must not be
//! errorn for.
//!
//! <https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header>

use tower_cors::{CorsLayer, Enforcement, Policy, PolicyBuilder, Route, Routes};

use super::{ANSWERED, PASSES, Row, check, partners};

/// What is enforced: a policy, and how.
#[derive(Clone, Copy, Debug)]
enum Server {
    /// Partners are allowed, without credentials.
    Partners,
    /// The same, with a list of own origins.
    Own,
    /// The same, with the origin of the API beside it.
    Api,
    /// The same, for all requests.
    All,
    /// Any origin at `/`, and nobody anywhere else.
    Open,
    /// Any origin, to read.
    Read,
    /// One origin with credentials, then partners without.
    Rules,
    /// The names that a predicate holds, without credentials.
    Asks,
}

fn layer(server: Server) -> CorsLayer<Routes> {
    let unsafe_ones = Enforcement::unsafe_requests;
    let (policy, enforcement) = match server {
        Server::Partners => (partners(), unsafe_ones()),
        Server::Own => (partners(), unsafe_ones().own_origins(["https://shop.example"])),
        Server::Api => {
            let own = ["https://shop.example", "https://ws.shop.example"];
            (partners(), unsafe_ones().own_origins(own))
        }
        Server::All => (partners(), Enforcement::all_requests()),
        Server::Open => (Policy::permissive(), unsafe_ones()),
        Server::Read => (listing("*").only_methods(["GET"]).build().unwrap(), unsafe_ones()),
        Server::Rules => (rules(), unsafe_ones()),
        Server::Asks => (asks(), unsafe_ones()),
    };
    let routes =
        Routes::builder().route("/", policy).route("/closed", Route::NoCors).build().unwrap();
    CorsLayer::new(routes).enforce(enforcement).unwrap()
}

fn listing(origin: &str) -> PolicyBuilder {
    Policy::builder().allow_origins([origin])
}

fn rules() -> Policy {
    let app = listing("https://app.example").allow_credentials(true).only_methods(["POST"]);
    Policy::from_rules([app, listing("https://*.example")]).unwrap()
}

fn asks() -> Policy {
    let names = Policy::builder().allow_origins_if(|origin, method, _| {
        origin.host().ends_with(".asked.example") && *method != http::Method::DELETE
    });
    names.build().unwrap()
}

const ORIGIN: Option<&str> = Some("OriginNotAllowed");
const CREDENTIALS: Option<&str> = Some("CredentialsNotAllowed");

const ROWS: &[Row<Server>] = &[
    // Step 3: without an `Origin`.
    (
        "a cross-site form with cookies, whose Origin the browser left out",
        Server::Partners,
        "POST /; host: shop.example; sec-fetch-site: cross-site; cookie: session=1",
        ORIGIN,
    ),
    (
        "a cross-site form without cookies, whose Origin the browser left out",
        Server::Partners,
        "POST /; host: shop.example; sec-fetch-site: cross-site",
        ORIGIN,
    ),
    (
        "the same, where any origin may read",
        Server::Read,
        "POST /; host: shop.example; sec-fetch-site: cross-site",
        Some("MethodNotAllowed"),
    ),
    (
        "a form of a sibling domain, whose Origin the browser left out",
        Server::Own,
        "POST /; host: shop.example; sec-fetch-site: same-site",
        ORIGIN,
    ),
    (
        "a form without an Origin, that says twice where it is from",
        Server::Partners,
        "POST /; host: shop.example; sec-fetch-site: same-origin; sec-fetch-site: same-origin",
        ORIGIN,
    ),
    (
        "a form without an Origin, that says what no browser says",
        Server::Partners,
        "POST /; host: shop.example; sec-fetch-site: Same-Origin",
        ORIGIN,
    ),
    (
        "a cross-site WebSocket whose Origin the browser left out",
        Server::Partners,
        "GET /; host: shop.example; upgrade: websocket; sec-fetch-site: cross-site",
        ORIGIN,
    ),
    (
        "a cross-site form without an Origin, at a path that nobody may ask for",
        Server::Partners,
        "POST /elsewhere; host: shop.example; sec-fetch-site: cross-site",
        Some("NoPolicy"),
    ),
    (
        "a cross-site form without an Origin, where any origin is allowed",
        Server::Open,
        "POST /; host: shop.example; sec-fetch-site: cross-site",
        PASSES,
    ),
    (
        "a cross-site form with cookies and without an Origin, where any origin is allowed",
        Server::Open,
        "POST /; host: shop.example; sec-fetch-site: cross-site; cookie: session=1",
        CREDENTIALS,
    ),
    ("a program without an Origin", Server::Partners, "POST /; host: shop.example", PASSES),
    (
        "a program without an Origin, and with a cookie",
        Server::All,
        "DELETE /; host: shop.example; cookie: session=1",
        PASSES,
    ),
    (
        "a link of another site",
        Server::All,
        "GET /; host: shop.example; sec-fetch-site: cross-site; cookie: session=1",
        PASSES,
    ),
    (
        "an upgrade by a program",
        Server::Partners,
        "GET /; host: shop.example; upgrade: h2c",
        PASSES,
    ),
    // Step 2: `none`.
    (
        "an extension with access to the host, which is not listed",
        Server::Partners,
        "POST /; host: shop.example; sec-fetch-site: none; origin: chrome-extension://abcdefgh",
        ORIGIN,
    ),
    (
        "an extension with access to the host reads",
        Server::All,
        "GET /; host: shop.example; sec-fetch-site: none; origin: chrome-extension://abcdefgh",
        ORIGIN,
    ),
    (
        "a listed page that says none, too",
        Server::Partners,
        "POST /; host: shop.example; sec-fetch-site: none; origin: https://partner.example",
        PASSES,
    ),
    (
        "a form that the user sends again",
        Server::Partners,
        "POST /; host: shop.example; sec-fetch-site: none; cookie: session=1",
        PASSES,
    ),
    // Step 4: own origins.
    (
        "an app on the same host and port",
        Server::Partners,
        "POST /; host: localhost:3000; origin: capacitor://localhost:3000",
        ORIGIN,
    ),
    (
        "an app on the same host",
        Server::Partners,
        "POST /; host: localhost; origin: capacitor://localhost",
        ORIGIN,
    ),
    (
        "a page of the server itself, by its host and port",
        Server::Partners,
        "POST /; host: localhost:3000; origin: http://localhost:3000; cookie: session=1",
        PASSES,
    ),
    (
        "a page of the host, whose port has a zero before it",
        Server::Partners,
        "POST /; host: localhost:03000; origin: http://localhost:3000",
        ORIGIN,
    ),
    (
        "a page of the host, whose port has a sign",
        Server::Partners,
        "POST /; host: localhost:+3000; origin: http://localhost:3000",
        ORIGIN,
    ),
    (
        "a page of one of two hosts that a request names",
        Server::Partners,
        "POST http://shop.example/; host: evil.example; origin: http://evil.example",
        ORIGIN,
    ),
    (
        "a page of the other one of two hosts that a request names",
        Server::Partners,
        "POST http://shop.example/; host: evil.example; origin: http://shop.example",
        ORIGIN,
    ),
    (
        "a page of the host that a request names twice",
        Server::Partners,
        "POST http://shop.example/; host: SHOP.example:80; origin: http://shop.example",
        PASSES,
    ),
    (
        "React Native on Android, whose WebSocket has the origin of its own URL, where that is not own",
        Server::Own,
        "GET /; host: ws.shop.example; upgrade: websocket; origin: https://ws.shop.example",
        ORIGIN,
    ),
    (
        "React Native on Android, where the origin of the API is own, too",
        Server::Api,
        "GET /; host: ws.shop.example; upgrade: websocket; origin: https://ws.shop.example; \
         cookie: session=1",
        PASSES,
    ),
    (
        "React Native on Android, where no origin is own",
        Server::Partners,
        "GET /; host: ws.shop.example; upgrade: websocket; origin: https://ws.shop.example",
        PASSES,
    ),
    (
        "a sandboxed page of the server itself",
        Server::Own,
        "POST /; host: shop.example; origin: null; sec-fetch-site: cross-site",
        ORIGIN,
    ),
    (
        "an own origin that stands there twice",
        Server::Own,
        "POST /; host: shop.example; origin: https://shop.example; origin: https://shop.example",
        Some("OriginRepeated"),
    ),
    (
        "a page of the same host, whose browser says that it is another site",
        Server::Partners,
        "POST /; host: shop.example; origin: http://shop.example; sec-fetch-site: cross-site",
        ORIGIN,
    ),
    (
        "an own origin with cookies",
        Server::Own,
        "POST /; host: 10.0.0.7; origin: https://shop.example; cookie: session=1",
        PASSES,
    ),
    // Step 5: credentials.
    (
        "a WebSocket with cookies of a page that is allowed without credentials",
        Server::Partners,
        "GET /; host: shop.example; upgrade: websocket; origin: https://partner.example; \
         cookie: session=1",
        CREDENTIALS,
    ),
    (
        "a WebSocket over HTTP/2 with cookies of a page that is allowed without credentials",
        Server::Partners,
        "CONNECT https://shop.example/; origin: https://partner.example; cookie: session=1",
        CREDENTIALS,
    ),
    (
        "a WebSocket without cookies of a page that is allowed without credentials",
        Server::Partners,
        "GET /; host: shop.example; upgrade: websocket; origin: https://partner.example",
        PASSES,
    ),
    (
        "a form with cookies of a page that is allowed without credentials",
        Server::Partners,
        "POST /; host: shop.example; origin: https://partner.example; cookie: a=1; cookie: b=2",
        CREDENTIALS,
    ),
    (
        "a form with cookies of a stranger, where any origin is allowed",
        Server::Open,
        "POST /; host: shop.example; origin: https://evil.example; cookie: session=1",
        CREDENTIALS,
    ),
    (
        "a form with cookies of a sandboxed page, where any origin is allowed",
        Server::Open,
        "POST /; host: shop.example; origin: null; cookie: session=1",
        CREDENTIALS,
    ),
    (
        "a stranger without cookies, where any origin is allowed",
        Server::Open,
        "POST /; host: shop.example; origin: https://evil.example",
        PASSES,
    ),
    (
        "a read with cookies of a page that is allowed without credentials",
        Server::All,
        "GET /; host: shop.example; origin: https://partner.example; cookie: session=1",
        CREDENTIALS,
    ),
    (
        "a read with cookies where only unsafe requests are enforced",
        Server::Partners,
        "GET /; host: shop.example; origin: https://partner.example; cookie: session=1",
        PASSES,
    ),
    (
        "a denied page with cookies is denied by its origin",
        Server::Partners,
        "POST /; host: shop.example; origin: https://evil.example; cookie: session=1",
        ORIGIN,
    ),
    (
        "the rule that answers grants credentials",
        Server::Rules,
        "POST /; host: shop.example; origin: https://app.example; cookie: session=1",
        PASSES,
    ),
    (
        "the rule that grants credentials does not answer other methods",
        Server::Rules,
        "DELETE /; host: shop.example; origin: https://app.example; cookie: session=1",
        CREDENTIALS,
    ),
    (
        "the rule that answers grants none",
        Server::Rules,
        "POST /; host: shop.example; origin: https://eu.example; cookie: session=1",
        CREDENTIALS,
    ),
    (
        "a page that a predicate holds",
        Server::Asks,
        "POST /; host: shop.example; origin: https://7.asked.example",
        PASSES,
    ),
    (
        "a token that a script sends, and no cookie",
        Server::Partners,
        "POST /; host: shop.example; origin: https://partner.example; authorization: Bearer 1",
        PASSES,
    ),
    (
        "a preflight of a stranger with a cookie, which the policy answers",
        Server::All,
        "OPTIONS /; host: shop.example; origin: https://evil.example; cookie: session=1; \
         access-control-request-method: PUT",
        ANSWERED,
    ),
    (
        "OPTIONS of a stranger that is no preflight",
        Server::All,
        "OPTIONS /; host: shop.example; origin: https://evil.example",
        ORIGIN,
    ),
    (
        "a path where nobody is allowed",
        Server::Open,
        "POST /closed; host: shop.example; origin: https://evil.example",
        Some("NoPolicy"),
    ),
    (
        "a page with cookies that a predicate holds",
        Server::Asks,
        "POST /; host: shop.example; origin: https://7.asked.example; cookie: session=1",
        CREDENTIALS,
    ),
    (
        "a page that a predicate does not hold for the method",
        Server::Asks,
        "DELETE /; host: shop.example; origin: https://7.asked.example",
        ORIGIN,
    ),
];

#[test]
fn every_attack_is_refused_and_what_looks_like_one_is_not() {
    check(ROWS, layer);
}
