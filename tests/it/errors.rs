//! All the errors in a configuration, in one error.

use std::error::Error;
use std::time::Duration;

use tower_cors::{Policy, PolicyError};

#[test]
fn all_errors_at_once() {
    let errors = Policy::builder()
        .allow_origins(["https://a.example/", "https://b.example", "*", "B"])
        .allow_credentials(true)
        .allow_methods(["PUT", "put"])
        .allow_headers(["x-a", "cookie"])
        .expose_headers(["*", "set-cookie"])
        .max_age(Duration::from_millis(1500))
        .dangerously_allow_null_origin(true)
        .build()
        .unwrap_err();
    let found: Vec<&PolicyError> = errors.iter().collect();
    assert!(
        matches!(
            found[..],
            [
                PolicyError::Origin { .. },
                PolicyError::Origin { .. },
                PolicyError::AnyOriginWithCredentials,
                PolicyError::MethodCase { .. },
                PolicyError::ExposedHeaderForbidden { .. },
                PolicyError::AnyExposedHeaderWithCredentials,
                PolicyError::MaxAgeFraction { .. },
                PolicyError::NullOriginWithCredentials,
            ]
        ),
        "{errors}"
    );
    assert_eq!(format!("{errors}"), format!("{errors:?}"));
    assert_eq!(errors.to_string().lines().count(), found.len());
    assert_eq!((&errors).into_iter().count(), found.len());
    assert_eq!((errors.iter().len(), errors.len()), (found.len(), found.len()));
    assert_eq!(errors.clone().into_iter().len(), found.len());
    let owned: Vec<PolicyError> = errors.clone().into_iter().collect();
    assert!(owned.iter().eq(errors.iter()));
}

#[test]
fn an_error_in_one_of_several_rules_names_it() {
    let errors = Policy::from_rules([
        Policy::builder().allow_origins(["https://a.example/"]),
        Policy::builder().allow_origins(["https://b.example"]).only_methods(["put", "*"]),
    ])
    .unwrap_err();
    assert_eq!(
        errors.to_string(),
        "rules[0]: origin \"https://a.example/\" has a path; write \"https://a.example\"\n\
         rules[1]: method \"put\" is not PUT, methods are case-sensitive; write \"PUT\"\n\
         rules[1]: `only_methods` cannot be any method; set `allow_methods` instead"
    );
}

#[test]
fn a_main_that_returns_the_error_shows_it_well() {
    fn main() -> Result<(), Box<dyn Error>> {
        Policy::builder().allow_origins(["a.example", "b.example"]).build()?;
        Ok(())
    }
    assert_eq!(
        format!("Error: {:?}", main().unwrap_err()),
        "Error: origin \"a.example\" has no scheme; write \"https://a.example\"\n\
         origin \"b.example\" has no scheme; write \"https://b.example\""
    );
}
