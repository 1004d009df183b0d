//! The bytes of a `Location`.
//! web-platform-tests: `fetch/api/redirect/redirect-location-escape.tentative.any.js`

use std::{convert::Infallible, future::ready};

use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use tower_cors::browser::{Browser, Fetch, Mode, UserAgent};

use crate::browser::{APP, Req, Res};

#[tokio::test]
async fn bytes_of_a_location_stay_what_they_are() {
    for (location, url) in [
        (&b"/b?\xff"[..], "https://app.example/b?%FF"),
        (b"/b?%FF\xff", "https://app.example/b?%FF%FF"),
        (b"/b?%\xe2\x98\x83", "https://app.example/b?%%E2%98%83"),
        (b"/\xe2\x98\x83%e2", "https://app.example/%E2%98%83%e2"),
        ("https://bücher.example/".as_bytes(), "https://xn--bcher-kva.example/"),
    ] {
        let service = tower::service_fn(move |request: Req| {
            let is_first = request.uri().path() == "/a";
            let mut response: Res = Response::new(Full::default());
            if is_first {
                *response.status_mut() = StatusCode::FOUND;
                let location = HeaderValue::from_bytes(location).unwrap();
                response.headers_mut().insert("location", location);
            }
            ready(Ok::<_, Infallible>(response))
        });
        for user_agent in
            [UserAgent::Standard, UserAgent::Chromium, UserAgent::Firefox, UserAgent::WebKit]
        {
            let mut browser = Browser::new(service).user_agent(user_agent);
            let fetch = Fetch::get("/a").mode(Mode::NoCors);
            let seen = browser.fetch_from(APP, fetch).await.unwrap();
            assert_eq!(seen.sent()[1].url(), url, "{user_agent:?}");
        }
    }
}
