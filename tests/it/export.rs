//! What is written for other systems, and what is told of what is not.

mod definition;
pub(crate) mod hostile;
mod limits;
mod messages;
mod order;
mod round_trips;
mod written;
