//! Generates the bindings of `crm-ffi` from its built library.

use camino::Utf8PathBuf;
use uniffi::{GenerateOptions, TargetLanguage};

/// Every language that can be generated, by its name.
pub const LANGUAGES: [(&str, TargetLanguage); 4] =
    [("kotlin", TargetLanguage::Kotlin), ("swift", TargetLanguage::Swift), ("ruby", TargetLanguage::Ruby), ("python", TargetLanguage::Python)];

/// Writes the bindings for some of the languages into a folder, one subfolder each. The text of an error says what went wrong.
pub fn generate(library: &str, folder: &str, languages: &[&str]) -> Result<(), String> {
    for (name, language) in LANGUAGES.into_iter().filter(|(name, _)| languages.contains(name)) {
        let options = GenerateOptions {
            languages: vec![language],
            source: Utf8PathBuf::from(library),
            out_dir: Utf8PathBuf::from(folder).join(name),
            config_override: None,
            format: false,
            crate_filter: None,
            metadata_no_deps: false,
        };
        uniffi::generate(options).map_err(|error| format!("{name}: {error:#}"))?;
    }
    Ok(())
}
