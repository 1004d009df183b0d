//! Policies to start from.

use std::time::Duration;

use serde::Serialize;
use tower_cors::{Policy, PolicyBuilder, presets};

use super::document::Format;

/// A policy to start from, as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct StartingPoint {
    pub(crate) group: &'static str,
    pub(crate) title: &'static str,
    pub(crate) text: String,
}

/// The policy that is in force if the program is given none.
pub(crate) const BUILT_IN: &str = include_str!("policies/app.json");

/// Those that stand in files here.
const WRITTEN: [(&str, &str); 4] = [
    ("Single-page app with cookies", BUILT_IN),
    ("Public data", include_str!("policies/public.json")),
    ("Preview deployments", include_str!("policies/previews.json")),
    ("By path", include_str!("policies/by-path.json")),
];

type Preset = fn(PolicyBuilder) -> PolicyBuilder;

/// The presets of the crate, for pages on this machine.
const PRESETS: [(&str, Preset); 6] = [
    ("gRPC-Web", presets::grpc_web),
    ("Connect", presets::connect),
    ("MCP", presets::mcp),
    ("tus, resumable uploads", presets::tus),
    ("Ranges of files", presets::ranges),
    ("Trace context", presets::trace_context),
];

/// All of them, in the order of the page.
///
/// # Errors
///
/// If a preset does not build; a test holds that all do.
pub(crate) fn starting_points() -> Result<Vec<StartingPoint>, String> {
    let point = |group, title, text| StartingPoint { group, title, text };
    let written = WRITTEN.map(|(title, text)| Ok(point("Starting points", title, text.to_owned())));
    let whole = [("Nobody", Policy::nobody()), ("Permissive", Policy::permissive())];
    let whole =
        whole.map(|(title, policy)| Ok(point("Presets", title, Format::Json.write(&policy)?)));
    let presets = PRESETS.map(|(title, preset)| {
        let builder = Policy::builder()
            .allow_origins(["https://app.example", "http://localhost:*"])
            .max_age(Duration::from_secs(600));
        let policy = preset(builder).build().map_err(|errors| errors.to_string())?;
        Ok(point("Presets", title, Format::Json.write(&policy)?))
    });
    written.into_iter().chain(presets).chain(whole).collect()
}
