//! The policy that is in force: as the layer asks it, and as it was written.

use serde::Serialize;
use tokio::sync::watch;
use tower_cors::{DocumentErrors, Reload, Routes};

use super::document::Format;

/// A policy that can be swapped while requests are answered. Its clones share what is swapped.
#[derive(Clone, Debug)]
pub(crate) struct InForce {
    routes: Reload<Routes>,
    written: watch::Sender<Written>,
}

/// A policy as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Written {
    /// Where it is from: the name of a file, for example.
    pub(crate) from: String,
    pub(crate) format: Format,
    pub(crate) text: String,
    /// How many were in force before.
    #[serde(default)]
    pub(crate) revision: usize,
}

impl InForce {
    /// # Errors
    ///
    /// All that is wrong with the text.
    pub(crate) fn new(from: String, format: Format, text: String) -> Result<Self, DocumentErrors> {
        let routes = Reload::new(format.read(&text)?);
        let written = watch::Sender::new(Written { from, format, text, revision: 0 });
        Ok(Self { routes, written })
    }

    /// Puts another policy in force.
    ///
    /// # Errors
    ///
    /// All that is wrong with the text. Then the policy stays.
    pub(crate) fn apply(
        &self,
        from: &str,
        format: Format,
        text: String,
    ) -> Result<(), DocumentErrors> {
        let routes = format.read(&text)?;
        // Both at once, so that of two that are applied at the same time the same one is in force and is told.
        self.written.send_modify(|written| {
            self.routes.swap(routes);
            let revision = written.revision + 1;
            *written = Written { from: from.to_owned(), format, text, revision };
        });
        Ok(())
    }

    /// What a layer asks.
    pub(crate) fn source(&self) -> Reload<Routes> {
        self.routes.clone()
    }

    pub(crate) fn routes(&self) -> Routes {
        self.routes.current()
    }

    /// What is in force, and each that comes after it.
    pub(crate) fn written(&self) -> watch::Receiver<Written> {
        let mut receiver = self.written.subscribe();
        receiver.mark_changed();
        receiver
    }
}
