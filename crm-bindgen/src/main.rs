//! `uniffi-bindgen LIBRARY FOLDER [LANGUAGE ...]`: writes the bindings, for all languages unless some are named.

use crm_bindgen::{LANGUAGES, generate};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [library, folder, languages @ ..] = arguments.as_slice() else {
        eprintln!("usage: uniffi-bindgen LIBRARY FOLDER [LANGUAGE ...]");
        return ExitCode::FAILURE;
    };
    let known: Vec<&str> = LANGUAGES.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = languages.iter().find(|language| !known.contains(&language.as_str())) {
        eprintln!("unknown language {unknown}; there are {}", known.join(", "));
        return ExitCode::FAILURE;
    }
    let chosen: Vec<&str> = if languages.is_empty() { known } else { languages.iter().map(String::as_str).collect() };
    match generate(library, folder, &chosen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
