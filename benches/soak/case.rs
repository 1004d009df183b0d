//! The mixed load, as a list of what clients do.

use super::law::{Asked, From, Names, Turn, Wanted};

/// What a client does once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) asked: Asked,
    pub(crate) act: Act,
    pub(crate) is_http2: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Act {
    /// Waits for the answer.
    Ask,
    /// Waits for the end of a request whose resolver panics, which is no answer.
    AskInVain,
    /// Goes away before there is an answer; a `POST` is left in the middle of its body.
    Leave,
    /// Goes away in the middle of the request's head.
    LeaveHead,
    /// Opens a WebSocket, has a text echoed, and closes it.
    Socket,
    /// The same, but goes away instead of closing it.
    LeaveSocket,
}

/// How often the list holds what is no plain question.
const OTHERS: usize = 10;

pub(crate) fn all() -> Vec<Case> {
    [false, true].into_iter().flat_map(of_version).collect()
}

fn of_version(is_http2: bool) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |asked, act| cases.push(Case { asked, act, is_http2 });
    for turn in [None, Some(Turn::Finds), Some(Turn::Fails)] {
        for from in From::ALL {
            let asked = Asked { turn, method: "GET", path: "/", from, preflight: None };
            add(asked, Act::Ask);
            add(Asked { method: "POST", ..asked }, Act::Ask);
            add(Asked { method: "OPTIONS", ..asked }, Act::Ask);
            if from != From::Nowhere {
                for preflight in preflights() {
                    let preflight = Some(preflight);
                    add(Asked { method: "OPTIONS", preflight, ..asked }, Act::Ask);
                }
            }
        }
    }
    let get = Asked { turn: None, method: "GET", path: "/", from: From::First, preflight: None };
    let preflight =
        Asked { method: "OPTIONS", preflight: Some((Wanted::Put, Names::OfVersion)), ..get };
    for _ in 0..OTHERS {
        for turn in [None, Some(Turn::Finds)] {
            let get = Asked { turn, ..get };
            add(Asked { path: "/slow", ..get }, Act::Ask);
            add(Asked { path: "/slow", ..get }, Act::Leave);
            add(Asked { method: "POST", ..get }, Act::Leave);
            if !is_http2 {
                add(get, Act::LeaveHead);
            }
            for from in [From::First, From::Stranger, From::Nowhere] {
                add(Asked { path: "/socket", from, ..get }, Act::Socket);
            }
            add(Asked { path: "/socket", ..get }, Act::LeaveSocket);
        }
        for asked in [get, preflight] {
            add(Asked { turn: Some(Turn::Hangs), ..asked }, Act::Leave);
            add(Asked { turn: Some(Turn::Panics), ..asked }, Act::AskInVain);
        }
    }
    cases
}

/// Each method with usual names, and each list of names with a usual method.
fn preflights() -> Vec<(Wanted, Names)> {
    let of_methods = Wanted::ALL
        .into_iter()
        .flat_map(|wanted| [(wanted, Names::None), (wanted, Names::OfVersion)]);
    let of_names = Names::ALL.into_iter().map(|names| (Wanted::Put, names));
    of_methods.chain(of_names).collect()
}
