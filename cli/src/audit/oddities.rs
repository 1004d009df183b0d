//! What should make no difference: a malformed origin, another spelling of the path, a field that the server need not
//! read, and what was asked before.

use http::header::{
    CONNECTION, HOST, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE, VARY,
};
use http::{Method, StatusCode};

use super::Auditor;
use super::exchange::{Admits, Ask};
use super::kind::{Kind, Severity};
use super::strangers::Seen;
use super::trials::{NAME, STRANGER};
use crate::outcome::Failure;

impl Auditor {
    pub(super) async fn oddities(&mut self, seen: &Seen) -> Result<(), Failure> {
        self.malformed_origins(seen).await?;
        self.copied_vary().await?;
        self.spellings_of_the_path(seen).await?;
        self.web_socket().await?;
        self.another_host(seen).await?;
        // Last, since it shows what all the others may have left behind.
        let again = self.ask(Ask::from(&self.trusted_origin())).await?;
        if again.cors_fields() != seen.trusted.cors_fields() {
            self.find(Kind::AnswersChange, Severity::Low, [seen.trusted.clone(), again]);
        }
        Ok(())
    }

    async fn malformed_origins(&mut self, seen: &Seen) -> Result<(), Failure> {
        for malformed in [&b"http://["[..], b"\xff\xfe", b"http://a.example:99999"] {
            let exchange = self.target.ask(Ask::plain().field(ORIGIN, malformed)).await?;
            if exchange.status.is_err() {
                // If it is not the origin that no answer comes, none comes here.
                self.ask(Ask::plain()).await?;
            }
            if exchange.is_failure() && !seen.plain.is_failure() {
                self.find(Kind::MalformedFails, Severity::Low, [exchange]);
            }
        }
        Ok(())
    }

    /// Whether a `Vary` of the request, which means nothing, becomes one of the response.
    async fn copied_vary(&mut self) -> Result<(), Failure> {
        let ask = Ask::from(&self.trusted_origin()).field(VARY, b"x-tower-cors-audit");
        let exchange = self.ask(ask).await?;
        if exchange.varies_on("x-tower-cors-audit") {
            self.find(Kind::VaryCopied, Severity::Low, [exchange]);
        }
        Ok(())
    }

    /// Whether a stranger gets the same resource by another spelling of its path, and may read it.
    async fn spellings_of_the_path(&mut self, seen: &Seen) -> Result<(), Failure> {
        if seen.stranger.admits() != Admits::No || seen.stranger.is_open() {
            return Ok(());
        }
        for path in spellings(self.target.url().path()) {
            let exchange = self.ask(Ask::from(STRANGER).path(path)).await?;
            let is_same = exchange.status == seen.plain.status && exchange.body == seen.plain.body;
            if is_same && (exchange.admits() != Admits::No || exchange.is_open()) {
                self.find(Kind::PathSpelling, Severity::Medium, [exchange]);
            }
        }
        Ok(())
    }

    async fn web_socket(&mut self) -> Result<(), Failure> {
        let ask = Ask::from(STRANGER)
            .method(Method::GET)
            .field(CONNECTION, b"upgrade")
            .field(UPGRADE, b"websocket")
            .field(SEC_WEBSOCKET_VERSION, b"13")
            .field(SEC_WEBSOCKET_KEY, b"dG93ZXItY29ycy1hdWRpdA==");
        // It goes over HTTP/1.1, which a server need not speak.
        let exchange = self.target.ask(ask).await?;
        if exchange.status == Ok(StatusCode::SWITCHING_PROTOCOLS) {
            self.find(Kind::WebSocket, Severity::Medium, [exchange]);
        }
        Ok(())
    }

    /// Whether a local server answers by a name that a stranger may let point to it.
    async fn another_host(&mut self, seen: &Seen) -> Result<(), Failure> {
        let host = self.target.url().host().unwrap_or_default();
        if !(host == "localhost" || host.starts_with("127.") || host == "[::1]") {
            return Ok(());
        }
        let host = format!("{NAME}.invalid");
        let ask = Ask::from(&format!("http://{host}")).field(HOST, host.as_bytes());
        let exchange = self.ask(ask).await?;
        if exchange.status == seen.plain.status && seen.plain.is_success() {
            self.find(Kind::AnyHost, Severity::Note, [exchange]);
        }
        Ok(())
    }
}

/// Other spellings of a path, which some servers take for the same.
fn spellings(path: &str) -> Vec<String> {
    let mut spellings =
        vec![format!("/{NAME}/..{path}"), format!("/{NAME}/%2e%2e{path}"), format!("/{path}")];
    let upper = path.to_uppercase();
    if upper != path {
        spellings.push(upper);
    }
    // One letter of it by its code.
    let letter = path.char_indices().rev().find(|(_, letter)| letter.is_ascii_alphabetic());
    if let Some((at, letter)) = letter {
        let (before, behind) =
            (path.get(..at).unwrap_or_default(), path.get(at + 1..).unwrap_or_default());
        spellings.push(format!("{before}%{:02x}{behind}", u32::from(letter)));
    }
    for (space, other) in [("+", "%20"), ("%20", "+")] {
        if path.contains(space) {
            spellings.push(path.replace(space, other));
        }
    }
    spellings
}
