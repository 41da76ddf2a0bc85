//! Closed sets of words as Python's `StrEnum`.

use crate::value::Show;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

struct Class {
    class: Py<PyAny>,
    members: Vec<Py<PyAny>>,
}

/// Declares the class; the members are named like the words, in capitals. Help shows of a class with members its own text alone, so this tells of each member, too.
fn declare(py: Python<'_>, name: &str, doc: &str, words: &[&str], about: &[&str]) -> PyResult<Class> {
    let named: Vec<(String, &str)> = words.iter().map(|word| (word.to_uppercase().replace([' ', '-'], "_"), *word)).collect();
    let options = PyDict::new(py);
    options.set_item("module", "crm")?;
    let class = py.import("enum")?.getattr("StrEnum")?.call((name, named), Some(&options))?;
    let told = words.iter().zip(about).map(|(word, about)| format!("`{word}`: {}", about.trim()));
    class.setattr("__doc__", std::iter::once(doc.trim().to_owned()).chain(told).collect::<Vec<_>>().join("\n\n"))?;
    let members: Vec<Py<PyAny>> = class.try_iter()?.map(|member| member.map(Bound::unbind)).collect::<PyResult<_>>()?;
    for (member, about) in members.iter().zip(about) {
        member.bind(py).setattr("__doc__", about.trim())?;
    }
    Ok(Class { class: class.unbind(), members })
}

macro_rules! choice {
    ($(#[doc = $doc:literal])* $N:ident { $( $(#[doc = $vdoc:literal])* $variant:ident = $word:literal, )* }) => {
        impl Choice for crm_core::$N {
            fn class(py: Python<'_>) -> PyResult<&'static Class> {
                static CLASS: PyOnceLock<Class> = PyOnceLock::new();
                CLASS.get_or_try_init(py, || declare(py, stringify!($N), concat!($($doc),*), Self::WORDS, &[$(concat!($($vdoc),*)),*]))
            }
        }
        impl Show for crm_core::$N {
            fn show<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                // The members stand in the order of the declaration.
                Ok(Self::class(py)?.members[*self as usize].bind(py).clone())
            }
        }
    };
}

trait Choice {
    fn class(py: Python<'_>) -> PyResult<&'static Class>;
}

macro_rules! every {
    ($($N:ident $each:ident,)*) => {
        $( crm_core::$each!(choice); )*

        /// Puts every class into the module, and their names into `choices`.
        pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            let py = module.py();
            $( module.add(stringify!($N), <crm_core::$N as Choice>::class(py)?.class.bind(py))?; )*
            module.add("choices", vec![$(stringify!($N)),*])
        }
    };
}
crm_core::for_every_choice!(every);
