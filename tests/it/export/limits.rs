//! What a target takes at most, to the last value that it does: one more, or one byte more, is left out with a warning.

use serde_json::Value;
use tower_cors::export::{Export, Loss, Target};
use tower_cors::{Policy, PolicyBuilder, Route, Routes};

fn lost(export: &Export) -> Vec<(&str, Loss)> {
    export.warnings().iter().map(|it| (it.key(), it.loss())).collect()
}

fn one() -> PolicyBuilder {
    Policy::builder().allow_origins(["https://a.example"])
}

/// A host of so many bytes, in labels of up to 63.
fn host(length: usize) -> String {
    let mut host = "a".repeat(length);
    for dot in (1..length).filter(|at| at % 60 == 0 && at + 1 < length) {
        host.replace_range(dot..=dot, ".");
    }
    host
}

#[track_caller]
fn assert_limit(
    target: Target,
    key: &str,
    loss: Loss,
    most: usize,
    build: impl Fn(usize) -> PolicyBuilder,
) {
    let kept = build(most).build().unwrap().export(target);
    assert_eq!(lost(&kept), [], "{kept}");
    let over = build(most + 1).build().unwrap().export(target);
    assert_eq!(lost(&over), [(key, loss)], "{over}");
    assert_ne!(kept.text(), over.text());
}

#[test]
fn values_that_are_as_long_as_they_may_be() {
    let origin = |length: usize| {
        one().allow_origins([format!("https://{}", host(length - "https://".len()))])
    };
    assert_limit(Target::Gateway, "allow_origins", Loss::TooLong, 253, origin);
    let allowed = |length: usize| one().allow_headers(["x".repeat(length)]);
    assert_limit(Target::Gateway, "allow_headers", Loss::TooLong, 256, allowed);
    let exposed = |length: usize| one().expose_headers(["x".repeat(length)]);
    assert_limit(Target::Gateway, "expose_headers", Loss::TooLong, 256, exposed);

    // What is written for a pattern is longer by what stands for the `*`, and for other schemes than those of the web by more.
    for (scheme, most) in [("https", 77), ("app", 65)] {
        let pattern = move |length: usize| {
            let start = format!("{scheme}://*.");
            one()
                .allow_origins([format!("{start}{}", host(length - start.len()))])
                .dangerously_allow_public_suffixes(true)
        };
        for target in [Target::Envoy, Target::EnvoyJson] {
            assert_limit(target, "allow_origins", Loss::TooLong, most, pattern);
        }
    }
}

#[test]
fn as_many_values_as_there_may_be() {
    let names = |count: usize| (0..count).map(|at| format!("x-{at}")).collect::<Vec<_>>();
    let origins = |count: usize| {
        Policy::builder()
            .allow_origins(names(count).iter().map(|it| format!("https://{it}.example")))
    };
    assert_limit(Target::Gateway, "allow_origins", Loss::TooMany, 64, origins);
    let allowed = |count| one().allow_headers(names(count));
    assert_limit(Target::Gateway, "allow_headers", Loss::TooMany, 64, allowed);
    let exposed = |count| one().expose_headers(names(count));
    assert_limit(Target::Gateway, "expose_headers", Loss::TooMany, 64, exposed);
    // S3 has no key for those that follow, but the last that is there.
    let rules = |count: usize| {
        let rule = |at: usize| {
            Policy::builder()
                .allow_origins([format!("https://{at}.a.example")])
                .allow_methods((at % 2 == 0).then_some("PUT"))
                .max_age(std::time::Duration::from_secs(at as u64))
        };
        Policy::from_rules((0..count).map(rule)).unwrap().export(Target::S3)
    };
    assert_eq!(lost(&rules(100)), []);
    assert_eq!(lost(&rules(101)), [("rules[100]", Loss::TooMany)]);
}

/// The expressions of nginx have room in a parameter, of which it reads 4,096 bytes.
#[test]
fn lists_that_have_as_much_room_as_there_is() {
    // Each of 38 takes 100 bytes with what parts it from the next; the first is as much longer as is asked for.
    let texts = |letter: &str, longer: usize, count: usize| -> Vec<String> {
        let text = |at: usize| {
            let more = if at == 0 { longer } else { 0 };
            let (tens, ones) = (at / 10, at % 10);
            let digit = |it: usize| char::from(b'A' + u8::try_from(it).unwrap());
            letter.repeat(97 + more) + &String::from_iter([digit(tens), digit(ones)])
        };
        (0..count).map(text).collect()
    };
    let shared =
        |longer| Policy::builder().allow_origins(["*"]).only_methods(texts("M", longer, 38));
    // GET, HEAD and POST stand before them.
    let methods = |longer| {
        let mut methods = texts("M", longer, 38);
        methods[0].drain(.."GET|HEAD|POST|".len());
        one().allow_methods(methods)
    };
    let exposed = |longer| one().expose_headers(texts("x", longer, 38));
    // Two such expressions stand in one parameter.
    let allowed = |longer| one().allow_headers(texts("x", longer, 19));
    assert_limit(Target::Nginx, "only_methods", Loss::TooMany, 0, shared);
    assert_limit(Target::Nginx, "allow_methods", Loss::TooMany, 0, methods);
    assert_limit(Target::Nginx, "expose_headers", Loss::TooMany, 0, exposed);
    assert_limit(Target::Nginx, "allow_headers", Loss::TooMany, 0, allowed);
    // A dot is escaped, and the backslash doubled: it takes three.
    let dots = |longer: usize| {
        let mut names = texts("x", 0, 19);
        names[0] = ".".repeat(32) + &"x".repeat(3 + longer);
        one().allow_headers(names)
    };
    assert_limit(Target::Nginx, "allow_headers", Loss::TooMany, 0, dots);
}

/// A text in a map of nginx has room for 44 bytes; an origin that is longer is an expression.
#[test]
fn a_long_origin_is_an_expression() {
    let written = |length: usize, is_null: bool| {
        let origin = format!("https://{}", "a".repeat(length - "https://".len()));
        let policy =
            Policy::builder().allow_origins([&origin]).dangerously_allow_null_origin(is_null);
        (policy.build().unwrap().export(Target::Nginx).text().to_owned(), origin)
    };
    let (text, origin) = written(44, true);
    assert!(
        text.contains(&format!("    \"{origin}\" \"{origin}\";\n    \"null\" \"null\";\n")),
        "{text}"
    );
    let (text, origin) = written(45, false);
    assert!(text.contains(&format!("    \"~^{origin}$\" \"$http_origin\";\n")), "{text}");
}

#[test]
fn the_longest_path_of_a_parameter() {
    let table = |path: &str| {
        let table = Routes::builder().route(path, Route::NoCors).fallback(one().build().unwrap());
        table.build().unwrap()
    };
    let is_kept = |target, path: &str| {
        let export = table(path).export(target);
        !lost(&export).iter().any(|(_, loss)| *loss == Loss::TooLong)
    };
    // Of 100 instructions, 8 are for each parameter, and 8 for the whole.
    for (path, most) in [("/{id}", 82), ("/x/{id}", 80), ("/{id}/{*rest}", 73)] {
        let long = |length: usize| format!("/{}{path}", "a".repeat(length));
        assert!(is_kept(Target::Envoy, &long(most)), "{path}");
        assert!(!is_kept(Target::Envoy, &long(most + 1)), "{path}");
    }
    // A `~` is written in six bytes, and two of them more for the backslash. nginx has no room for 3,801.
    let path =
        |tildes: usize, letters: usize| format!("/{}{}", "~".repeat(tildes), "a".repeat(letters));
    assert!(is_kept(Target::Nginx, &path(540, 19)));
    assert!(!is_kept(Target::Nginx, &path(540, 20)));
    let export = table(&path(600, 0)).export(Target::Nginx);
    let beginning = format!("\"~^/{}\" \"none\";", r"\\x{7e}".repeat(542));
    assert!(export.text().contains(&beginning), "{export}");
}

/// An `HTTPRoute` has up to 16 rules, a rule up to 64 paths, and all of them 128.
#[test]
fn the_paths_of_a_resource() {
    // How many paths have each of some policies, and in each resource how many paths have its rules. What is no path of the
    // table stands behind these, and has no CORS.
    let rows: &[(&[usize], &[&[usize]])] = &[
        (&[63], &[&[63, 1]]),
        (&[64], &[&[64, 1]]),
        (&[65], &[&[64, 1, 1]]),
        (&[64, 63], &[&[64, 63, 1]]),
        (&[64, 64], &[&[64, 64], &[1]]),
        (&[65, 63], &[&[64, 1, 63], &[1]]),
        (&[50, 50, 50], &[&[50, 50], &[50, 1]]),
        (&[50, 50, 50, 50, 50], &[&[50, 50], &[50, 50], &[50, 1]]),
        (&[1; 15], &[&[1; 16]]),
        (&[1; 16], &[&[1; 16], &[1]]),
        (&[1; 32], &[&[1; 16], &[1; 16], &[1]]),
    ];
    for (policies, resources) in rows {
        let mut builder = Routes::builder();
        for (at, &paths) in policies.iter().enumerate() {
            let origin = format!("https://a{at}.example");
            let policy = Policy::builder().name("a-1").allow_origins([origin]).build().unwrap();
            for path in 0..paths {
                builder = builder.route(format!("/{at:02}/{path:02}"), policy.clone());
            }
        }
        let export = builder.build().unwrap().export(Target::Gateway);
        let whole: Value = serde_saphyr::from_str(export.text()).unwrap();
        let items = match whole.get("items") {
            Some(items) => items.as_array().unwrap().clone(),
            None => vec![whole],
        };
        let written: Vec<Vec<usize>> = items
            .iter()
            .map(|item| {
                let rules = item["spec"]["rules"].as_array().unwrap();
                rules.iter().map(|rule| rule["matches"].as_array().unwrap().len()).collect()
            })
            .collect();
        assert_eq!(&written, resources, "{policies:?}");
        let names: Vec<&Value> = items.iter().map(|item| &item["metadata"]["name"]).collect();
        assert_eq!(names, ["a-1", "a-1-2", "a-1-3"][..items.len()], "{policies:?}");
    }
}

#[test]
fn an_encoded_path_is_written_as_it_is() {
    let rows: [(&str, &[&str]); 4] = [
        ("/caf%C3%A9", &["Exact /caf%C3%A9"]),
        ("/caf%C3%A9/{*rest}", &["PathPrefix /caf%C3%A9"]),
        ("/a%20|", &[]),
        ("/a%20|/{*rest}", &[]),
    ];
    for (path, written) in rows {
        let table =
            Routes::builder().route(path, Route::LeftAlone).fallback(one().build().unwrap());
        let export = table.build().unwrap().export(Target::Gateway);
        let whole: Value = serde_saphyr::from_str(export.text()).unwrap();
        let rules = whole["spec"]["rules"].as_array().unwrap().iter();
        let alone = rules.filter(|rule| rule.get("filters").is_none());
        let matches = alone.flat_map(|rule| rule["matches"].as_array().unwrap());
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let paths = matches
            .map(|it| format!("{} {}", text(&it["path"]["type"]), text(&it["path"]["value"])));
        assert_eq!(paths.collect::<Vec<_>>(), *written, "{path}");
    }
}

/// What variables of nginx begin with has room for 27 bytes; a longer one is a number.
#[test]
fn the_longest_name_of_variables() {
    let prefix = |length: usize| {
        let policy = one().name("a".repeat(length)).build().unwrap();
        let text = policy.export(Target::Nginx).text().to_owned();
        text.split("$cors_").nth(1).unwrap().split("__").next().unwrap().to_owned()
    };
    assert_eq!(prefix(22), "a".repeat(22));
    assert!(prefix(23).len() == 16 && prefix(23).bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(prefix(23), prefix(24));
}

/// What answers nobody varies if something before it answers by the origin.
#[test]
fn the_last_of_several_rules_varies_even_if_nothing_is_left_of_it() {
    let predicate = || Policy::builder().allow_origins_if(|_, _, _| true);
    let varies = |policy: Policy| {
        let export = policy.export(Target::EnvoyJson);
        let json: Value = serde_json::from_str(export.text()).unwrap();
        let last = json["routes"].as_array().map_or(&json, |routes| routes.last().unwrap());
        last.get("response_headers_to_add").is_some()
    };
    assert!(!varies(predicate().build().unwrap()));
    let several = Policy::from_rules([one(), predicate().allow_methods(["PUT"])]);
    assert!(varies(several.unwrap()));
}

/// The name of a policy is that of the resource, if it can be.
#[test]
fn names_of_resources() {
    let long = "a".repeat(48);
    for name in ["a", "web-2", "a--b", &long] {
        assert_eq!(resource_name(name), name);
    }
    for name in ["A", "a_b", "a.b", "2a", "-a", "a-", "a b", &format!("{long}a")] {
        assert_eq!(resource_name(name), "cors");
    }
}

fn resource_name(name: &str) -> String {
    let export = one().name(name).build().unwrap().export(Target::Gateway);
    let whole: Value = serde_saphyr::from_str(export.text()).unwrap();
    whole["metadata"]["name"].as_str().unwrap().to_owned()
}
