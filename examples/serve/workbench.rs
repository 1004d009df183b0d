//! What the page asks of its server, as JSON. Whatever is told, the library says it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Response, Sse};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::{Value, json};

use super::attempt::Attempt;
use super::cases::CASES;
use super::document::{Checked, Format};
use super::in_force::InForce;
use super::record::{Exchange, Record};
use super::starting::StartingPoint;
use super::told::Told;

/// What the page works on.
#[derive(Debug)]
pub(crate) struct Workbench {
    pub(crate) in_force: InForce,
    pub(crate) record: Record,
    /// The origins under which the page is known.
    pub(crate) pages: Vec<String>,
    /// The origins under which the API is known.
    pub(crate) apis: Vec<String>,
    pub(crate) starting_points: Vec<StartingPoint>,
}

/// What the page asks.
pub(crate) fn endpoints(workbench: Arc<Workbench>) -> Router {
    Router::new()
        .route("/workbench.json", get(describe))
        .route("/policy", get(follow).post(apply))
        .route("/check", post(check))
        .route("/convert", post(convert))
        .route("/try", post(tell))
        .route("/record/{key}", get(recorded))
        .with_state(workbench)
}

type OfWorkbench = State<Arc<Workbench>>;

/// What does not change while the program runs.
async fn describe(State(workbench): OfWorkbench) -> Json<Value> {
    Json(json!({
        "pages": workbench.pages,
        "apis": workbench.apis,
        "formats": Format::ALL,
        "starting_points": workbench.starting_points,
        "cases": CASES,
    }))
}

/// The policy that is in force, and each that comes after it, as events.
async fn follow(
    State(workbench): OfWorkbench,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let written = workbench.in_force.written();
    let events = stream::unfold(written, |mut written| async move {
        written.changed().await.ok()?;
        let event = Event::default().json_data(&*written.borrow_and_update()).ok()?;
        Some((Ok(event), written))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// A policy as text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    format: Format,
    text: String,
}

/// What a text would do.
async fn check(State(workbench): OfWorkbench, Json(new): Json<Text>) -> Json<Checked> {
    Json(Checked::new(new.format, &new.text, &workbench.in_force.routes()))
}

/// Puts a text in force, or says what is wrong with it.
async fn apply(State(workbench): OfWorkbench, Json(new): Json<Text>) -> Response {
    let checked = Checked::new(new.format, &new.text, &workbench.in_force.routes());
    match workbench.in_force.apply("this page", new.format, new.text) {
        Ok(()) => Json(checked).into_response(),
        Err(_) => (StatusCode::UNPROCESSABLE_ENTITY, Json(checked)).into_response(),
    }
}

/// A text, and in which format it is wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Conversion {
    format: Format,
    text: String,
    to: Format,
}

async fn convert(Json(asked): Json<Conversion>) -> Response {
    match asked.format.convert(&asked.text, asked.to) {
        Ok(text) => Json(json!({ "text": text })).into_response(),
        Err(error) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": error }))).into_response()
        }
    }
}

/// What the policy and the models of browsers make of a request.
async fn tell(State(workbench): OfWorkbench, Json(attempt): Json<Attempt>) -> Json<Told> {
    Json(Told::new(&attempt, &workbench.in_force.routes(), &workbench.pages).await)
}

/// What crossed the wire of the requests with a key.
async fn recorded(State(workbench): OfWorkbench, Path(key): Path<String>) -> Json<Vec<Exchange>> {
    Json(workbench.record.of(&key))
}
