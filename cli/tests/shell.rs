//! Completions and man pages know every verb and every option.

use crate::program::Files;

const VERBS: [&str; 7] = ["check", "explain", "diff", "probe", "audit", "convert", "schema"];

#[test]
fn each_shell_completes_each_verb() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = Files::new(&[]).run(&["completions", shell]);
        assert_eq!(ran.status, 0, "{}", ran.notes);
        for word in VERBS.iter().chain(&["fail-on", "cacert", "deny"]) {
            assert!(ran.text.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(Files::new(&[]).run(&["completions", "dos"]).status, 2);
}

/// What `bash` makes of it, which is on every machine that the tests run on.
#[cfg(unix)]
#[test]
fn bash_completes_a_verb() {
    let files = Files::new(&[]);
    let script = files.run(&["completions", "bash"]).text;
    let ask = "COMP_WORDS=(tower-cors exp); COMP_CWORD=1; _tower__cors tower-cors exp tower-cors; echo \"${COMPREPLY[@]}\"";
    let mut command = std::process::Command::new("bash");
    let output = command.arg("-c").arg(format!("{script}\n{ask}")).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "explain\n", "{:?}", output.stderr);
}

#[test]
fn there_is_a_man_page_for_the_tool_and_for_each_verb() {
    let files = Files::new(&[]);
    let whole = files.run(&["man"]);
    assert_eq!(whole.status, 0);
    assert!(whole.text.contains(".TH tower-cors 1"), "{}", whole.text);
    assert!(whole.text.contains("Exit status"), "{}", whole.text);
    for verb in VERBS {
        assert!(whole.text.contains(verb), "{verb}");
        let page = files.run(&["man", verb]);
        assert_eq!(page.status, 0, "{}", page.notes);
        assert!(page.text.contains(&format!(".TH tower-cors-{verb} 1")), "{}", page.text);
    }
    files.run(&["man", "chekc"]).is(
        2,
        "",
        "error: there is no verb \"chekc\"; `tower-cors --help` lists them\n",
    );
}
