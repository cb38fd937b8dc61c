#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| voicepeer_fuzz::policy_prove(data));
