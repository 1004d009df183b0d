//! What the clients of some protocols need, as functions that add to a builder.
//!
//! Each function adds methods, request headers and exposed headers. It adds no origins and no credentials: you say who
//! may ask. GET, HEAD and POST need no permission, so they are not added. Add what your application
//! sends of its own (metadata, `authorization`) by further calls.
//!
//! ```
//! use tower_cors::{Policy, presets};
//!
//! let builder = Policy::builder().allow_origins(["https://app.example"]);
//! let policy = presets::grpc_web(builder)
//!     .allow_headers(["authorization"])
//!     .expose_headers(["x-request-id"])
//!     .build()?;
//! # Ok::<(), tower_cors::PolicyErrors>(())
//! ```

use crate::builder::PolicyBuilder;

/// gRPC-Web: POST, with the status of a call in the response's header fields when there is no body.
///
/// - Request headers: `content-type`, `grpc-timeout`, `x-grpc-web`, `x-user-agent`.
/// - Exposed headers: `grpc-status`, `grpc-message`, `grpc-status-details-bin`.
///
/// Metadata is a header field for each key: name those that your clients send and read.
///
/// Sources: <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md>,
/// <https://connectrpc.com/docs/cors>
pub fn grpc_web(builder: PolicyBuilder) -> PolicyBuilder {
    add(
        builder,
        &[],
        &["content-type", "grpc-timeout", "x-grpc-web", "x-user-agent"],
        &["grpc-status", "grpc-message", "grpc-status-details-bin"],
    )
}

/// Connect: POST, and GET for calls without side effects.
///
/// - Request headers: `content-type`, `connect-protocol-version`, `connect-timeout-ms`,
///   `x-user-agent`; and, for messages that are compressed, `content-encoding`,
///   `connect-accept-encoding`, `connect-content-encoding`.
/// - Exposed headers: `content-encoding`, `connect-content-encoding`.
///
/// The trailers of a unary call are header fields whose names begin with `trailer-`: name those that
/// your clients read. A server that speaks gRPC-Web too takes both presets, one around the other.
///
/// Sources: <https://connectrpc.com/docs/cors>, <https://connectrpc.com/docs/protocol>
pub fn connect(builder: PolicyBuilder) -> PolicyBuilder {
    add(
        builder,
        &[],
        &[
            "content-type",
            "connect-protocol-version",
            "connect-timeout-ms",
            "x-user-agent",
            "content-encoding",
            "connect-accept-encoding",
            "connect-content-encoding",
        ],
        &["content-encoding", "connect-content-encoding"],
    )
}

/// MCP, the Model Context Protocol, over Streamable HTTP: POST, GET for a stream of events, and
/// DELETE to end a session.
///
/// - Methods: `DELETE`.
/// - Request headers: `content-type`, `mcp-protocol-version`, `mcp-session-id`, `last-event-id`;
///   since 2026-07-28 `mcp-method`, `mcp-name` and `mcp-param-*`; and `authorization`.
/// - Exposed headers: `mcp-session-id`, and `www-authenticate`, in which a client reads where to
///   get a token.
///
/// The specification has the server refuse a foreign `Origin` with 403, and so does
/// [`Enforcement`](crate::Enforcement), but no policy does. [`hosts`](crate::Enforcement::hosts) is
/// its defence against DNS rebinding.
///
/// Sources: <https://modelcontextprotocol.io/specification/2025-11-25/basic/transports>,
/// <https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization>,
/// <https://modelcontextprotocol.io/seps/2243-http-standardization>
pub fn mcp(builder: PolicyBuilder) -> PolicyBuilder {
    add(
        builder,
        &["DELETE"],
        &[
            "content-type",
            "mcp-protocol-version",
            "mcp-session-id",
            "last-event-id",
            "mcp-method",
            "mcp-name",
            "mcp-param-*",
            "authorization",
        ],
        &["mcp-session-id", "www-authenticate"],
    )
}

/// tus 1.0, resumable uploads, with its extensions: POST to create an upload, HEAD to ask for its
/// offset, PATCH to go on, DELETE to end it.
///
/// - Methods: `PATCH`, `DELETE`.
/// - Request headers: `content-type`, `tus-resumable`, `upload-length`, `upload-offset`,
///   `upload-metadata`, `upload-defer-length`, `upload-checksum`, `upload-concat`,
///   `x-http-method-override`.
/// - Exposed headers: `location`, `tus-resumable`, `tus-version`, `tus-extension`, `tus-max-size`,
///   `tus-checksum-algorithm`, `upload-length`, `upload-offset`, `upload-metadata`,
///   `upload-defer-length`, `upload-concat`, `upload-expires`.
///
/// A client asks what a server can do by an `OPTIONS` that is no preflight, which reaches the inner
/// service.
///
/// Source: <https://tus.io/protocols/resumable-upload>
pub fn tus(builder: PolicyBuilder) -> PolicyBuilder {
    add(
        builder,
        &["PATCH", "DELETE"],
        &[
            "content-type",
            "tus-resumable",
            "upload-length",
            "upload-offset",
            "upload-metadata",
            "upload-defer-length",
            "upload-checksum",
            "upload-concat",
            "x-http-method-override",
        ],
        &[
            "location",
            "tus-resumable",
            "tus-version",
            "tus-extension",
            "tus-max-size",
            "tus-checksum-algorithm",
            "upload-length",
            "upload-offset",
            "upload-metadata",
            "upload-defer-length",
            "upload-concat",
            "upload-expires",
        ],
    )
}

/// Parts of files: tiles, video, cloud-optimized images, archives that are read by range.
///
/// - Request headers: `range`, `if-range`, `if-match`, `if-none-match`.
/// - Exposed headers: `accept-ranges`, `content-range`, `etag`.
///
/// One range with a start, `bytes=0-1023`, needs no permission. A range from the end, `bytes=-500`, several
/// ranges, and all conditions do.
///
/// Sources: <https://www.rfc-editor.org/rfc/rfc9110#section-14>,
/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
pub fn ranges(builder: PolicyBuilder) -> PolicyBuilder {
    add(
        builder,
        &[],
        &["range", "if-range", "if-match", "if-none-match"],
        &["accept-ranges", "content-range", "etag"],
    )
}

/// Trace context: what a page's tracing, such as OpenTelemetry's or Sentry's, adds to each request.
///
/// - Request headers: `traceparent`, `tracestate`, `baggage`, `sentry-trace`.
///
/// Sources: <https://www.w3.org/TR/trace-context/>, <https://www.w3.org/TR/baggage/>,
/// <https://develop.sentry.dev/sdk/telemetry/traces/>
pub fn trace_context(builder: PolicyBuilder) -> PolicyBuilder {
    add(builder, &[], &["traceparent", "tracestate", "baggage", "sentry-trace"], &[])
}

fn add(
    builder: PolicyBuilder,
    methods: &[&str],
    headers: &[&str],
    exposed: &[&str],
) -> PolicyBuilder {
    builder.allow_methods(methods).allow_headers(headers).expose_headers(exposed)
}
