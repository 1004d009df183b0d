#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> libfuzzer_sys::Corpus {
    tower_cors_fuzz::run(tower_cors_fuzz::routes::check, input)
});
