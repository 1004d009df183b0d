//! What the recipes have in common, and what has nothing to do with CORS.

use std::env;
use std::io::{self, Write};

use tokio::net::TcpListener;

/// Listens where `ADDRESS` says, and tells where that is; without it on port 3000, or on a free one if that is taken.
///
/// # Errors
///
/// An address that is none, or that is taken; and a standard output or error that is gone.
pub async fn listen() -> Result<TcpListener, String> {
    let given = env::var("ADDRESS").ok();
    let address = given.as_deref().unwrap_or("127.0.0.1:3000");
    let listener = match TcpListener::bind(address).await {
        Err(error) if given.is_none() && error.kind() == io::ErrorKind::AddrInUse => {
            let said = writeln!(io::stderr(), "port 3000 is taken, so another one is used");
            said.map_err(|error| error.to_string())?;
            TcpListener::bind("127.0.0.1:0").await
        }
        listener => listener,
    };
    let failed = |error| {
        format!("cannot listen on {address}: {error}; set ADDRESS to another, as in 127.0.0.1:0")
    };
    let listener = listener.map_err(failed)?;
    let told = listener
        .local_addr()
        .and_then(|address| writeln!(io::stdout(), "listening on http://{address}"));
    told.map(|()| listener).map_err(|error| error.to_string())
}
