//! A user agent for tests.
