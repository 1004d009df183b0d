//! Whether caches keep one origin's answer for another: what `Vary` says, and what a cache on the way does.

use super::Auditor;
use super::exchange::{Ask, Exchange};
use super::kind::{Kind, Severity};
use super::strangers::Seen;
use super::trials::STRANGER;
use crate::outcome::Failure;

impl Auditor {
    pub(super) async fn caches(&mut self, seen: &Seen) -> Result<(), Failure> {
        let all = [&seen.plain, &seen.trusted, &seen.stranger];
        let differ = all.iter().any(|one| one.allow_origin() != seen.plain.allow_origin());
        if !differ {
            return Ok(());
        }
        if let Some(bare) = all.into_iter().find(|exchange| !exchange.varies_on("origin")) {
            let other = all.into_iter().find(|other| other.allow_origin() != bare.allow_origin());
            self.find(
                Kind::VaryMissing,
                Severity::Medium,
                [bare].into_iter().chain(other).cloned(),
            );
        }
        let trusted = Ask::from(&self.trusted_origin());
        let orders = [
            [(trusted.clone(), &seen.trusted), (Ask::from(STRANGER), &seen.stranger)],
            [(Ask::plain(), &seen.plain), (trusted, &seen.trusted)],
        ];
        for [(first, _), (second, expected)] in orders {
            let number = self.target.new_number();
            let first = self.ask(first.number(number)).await?;
            let second = self.ask(second.number(number)).await?;
            if is_of_another(&first, &second, expected) {
                self.find(Kind::CacheMixes, Severity::High, [first, second]);
            }
        }
        Ok(())
    }

    pub(super) fn trusted_origin(&self) -> String {
        self.trusted.first().map(|trusted| trusted.origin.clone()).unwrap_or_default()
    }
}

/// Whether the second answer is that to the first request, and not the one that is given without a cache.
fn is_of_another(first: &Exchange, second: &Exchange, expected: &Exchange) -> bool {
    second.allow_origin() == first.allow_origin()
        && second.allow_origin() != expected.allow_origin()
}
