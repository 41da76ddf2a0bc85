//! The calls that the core declares, taken from positional and named arguments. `crm/_calls.py` makes the methods of `crm.Crm` of them.

use crate::handle::{Handle, On};
use crate::options::Take;
use crate::progress::Reporter;
use crate::results::Declared;
use crate::table::Table as Shown;
use crate::value::Show;
use chrono::{DateTime, Utc};
// The declarations name types of the core.
use crm_core::*;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::path::PathBuf;

/// The keyword under which long calls take a callable.
const ON_PROGRESS: &str = "on_progress";

/// What a call was given: its arguments by name, and what is left over, the options of one of them.
pub(crate) struct Given<'py> {
    py: Python<'py>,
    named: Bound<'py, PyDict>,
    options: Bound<'py, PyDict>,
}

impl<'py> Given<'py> {
    /// An argument; nothing where it was left out or is `None`.
    pub fn get(&self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(self.named.get_item(name)?.filter(|value| !value.is_none()))
    }

    pub fn options(&self) -> (Python<'py>, Option<&Bound<'py, PyDict>>) {
        (self.py, Some(&self.options))
    }

    /// Runs long work that tells its progress to the caller's callable, if there is one.
    fn long<T>(&self, name: &str, work: impl FnOnce(&Reporter) -> PyResult<T>) -> PyResult<T> {
        let on_progress = self.get(ON_PROGRESS)?;
        let progress = Reporter::new(self.py, on_progress.as_ref(), &name.replace('_', " "), "")?;
        let done = work(&progress);
        progress.close(self.py)?;
        done
    }
}

/// Makes a default.
type Made = fn(Python<'_>) -> PyResult<Py<PyAny>>;

/// One argument.
pub(crate) struct Argument {
    pub name: &'static str,
    /// Its type in Rust.
    pub kind: &'static str,
    /// Its default as Python shows it; `None` for an argument that must be given.
    pub default: Option<Made>,
    /// Its options, each of which is a keyword.
    pub options: Option<Declared>,
}

/// One call.
pub(crate) struct Call {
    pub name: &'static str,
    pub doc: &'static str,
    /// An example in Python.
    pub example: &'static str,
    pub arguments: &'static [Argument],
    /// The type of its result in Rust.
    pub result: &'static str,
    /// It tells its progress.
    pub long: bool,
    run: for<'py> fn(&Handle, &Given<'py>) -> PyResult<Bound<'py, PyAny>>,
}

impl Call {
    /// Puts what was given to the arguments it is for.
    pub fn call<'py>(&self, handle: &Handle, args: &Bound<'py, PyTuple>, keywords: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let py = args.py();
        let wrong = |what: String| Err(PyTypeError::new_err(format!("{}() {what}", self.name)));
        let given = Given { py, named: PyDict::new(py), options: PyDict::new(py) };
        let mut names = self.arguments.iter().filter(|argument| argument.options.is_none()).map(|argument| argument.name);
        for value in args {
            let Some(name) = names.next() else { return wrong("was given too many positional arguments".into()) };
            given.named.set_item(name, value)?;
        }
        let takes_options = self.arguments.iter().any(|argument| argument.options.is_some());
        for (name, value) in keywords.into_iter().flatten() {
            let name: String = name.extract()?;
            let is_argument = self.long && name == ON_PROGRESS || self.arguments.iter().any(|argument| argument.options.is_none() && argument.name == name);
            match (is_argument, takes_options) {
                (true, _) if given.named.contains(&name)? => return wrong(format!("got multiple values for argument '{name}'")),
                (true, _) => given.named.set_item(name, value)?,
                (false, true) => given.options.set_item(name, value)?,
                (false, false) => return wrong(format!("got an unexpected keyword argument '{name}'")),
            }
        }
        for argument in self.arguments {
            if argument.default.is_none() && !given.named.contains(argument.name)? {
                return wrong(format!("missing a required argument: '{}'", argument.name));
            }
        }
        (self.run)(handle, &given)
    }
}

/// What a call gives, as an object of Python.
trait Give {
    fn give(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>>;
}

impl<T: Show> Give for T {
    fn give(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        self.show(py)
    }
}

impl Give for Table {
    fn give(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let table = Shown::new(self).map_err(|error| crate::error::raise(py, &error))?;
        Ok(Bound::new(py, table)?.into_any())
    }
}

macro_rules! call {
    (@default $ty:ty,) => { None };
    (@default $ty:ty, $default:expr) => { Some(|py| <$ty as Take>::shown(&$default, py)) };
    (@take $given:ident, $arg:ident, $ty:ty,) => { <$ty as Take>::argument($given, stringify!($arg), None)? };
    (@take $given:ident, $arg:ident, $ty:ty, $default:expr) => { <$ty as Take>::argument($given, stringify!($arg), Some(|| $default))? };
    (@pass $arg:ident,) => { $arg };
    (@pass $arg:ident, $lent:ty) => { &$arg };
    (@long $kind:ident) => { false };
    (@long $kind:ident begins) => { false };
    (@long $kind:ident $(begins)? long) => { true };
    (@run $kinds:tt $handle:ident, $given:ident, $name:ident, [$pass:tt] $all:tt) => { call!(@on $kinds $handle, $given, $name, $pass) };
    (@run $kinds:tt $handle:ident, $given:ident, $name:ident, [] $all:tt) => { call!(@on $kinds $handle, $given, $name, $all) };
    (@on [crm] $handle:ident, $given:ident, $name:ident, ($($pass:expr),*)) => { $handle.read($given.py, |on| on.$name($($pass),*))? };
    (@on [crm begins] $handle:ident, $given:ident, $name:ident, ($($pass:expr),*)) => { $handle.write($given.py, |on| on.$name($($pass),*))? };
    (@on [crm begins long] $handle:ident, $given:ident, $name:ident, ($($pass:expr),*)) => {
        $given.long(stringify!($name), |progress| $handle.write($given.py, |on| on.$name($($pass,)* &mut |done, of| progress.tell(done, of))))?
    };
    (@on [crm long] $handle:ident, $given:ident, $name:ident, ($($pass:expr),*)) => {
        $given.long(stringify!($name), |progress| $handle.read($given.py, |on| on.$name($($pass,)* &mut |done, of| progress.tell(done, of))))?
    };
    (@on [$both:ident] $handle:ident, $given:ident, $name:ident, ($($pass:expr),*)) => {
        $handle.run($given.py, |on| match on { On::Crm(on) => on.$name($($pass),*), On::Change(on) => on.$name($($pass),*) })?
    };
    (@on [$both:ident long] $handle:ident, $given:ident, $name:ident, ($($pass:expr),*)) => {
        $given.long(stringify!($name), |progress| $handle.run($given.py, |on| {
            let tell = &mut |done, of| progress.tell(done, of);
            match on { On::Crm(on) => on.$name($($pass,)* tell), On::Change(on) => on.$name($($pass,)* tell) }
        }))?
    };
}

macro_rules! every_call {
    ($( {
        [$($doc:literal)*] [$($example:literal)*] [$($kind:ident)+] $name:ident [$($host:ident)?]
        ( $( { $arg:ident : $ty:ty [$($lent:ty)?] [$($default:expr)?] } )* ) [$($pass:tt)?] -> $result:ty
    } )*) => {
        /// Every call, in the order of the declarations.
        pub(crate) static CALLS: &[Call] = &[$( Call {
            name: stringify!($name),
            doc: concat!($($doc, "\n"),*),
            example: concat!($($example, "\n"),*),
            arguments: &[$( Argument {
                name: stringify!($arg), kind: stringify!($ty), default: call!(@default $ty, $($default)?), options: <$ty as Take>::OPTIONS,
            } ),*],
            result: stringify!($result),
            long: call!(@long $($kind)+),
            run: |handle, given| {
                $( let $arg: $ty = call!(@take given, $arg, $ty, $($default)?); )*
                call!(@run [$($kind)+] handle, given, $name, [$($pass)?] ($(call!(@pass $arg, $($lent)?)),*)).give(given.py)
            },
        } ),*];
    };
}
for_every_call!(every_call);

/// For the typed layer and its stubs. Of each call: name, documentation, example, arguments, result, whether it tells its progress.
/// Of each argument: name, type, whether it may be left out, its default, the options that are given as keywords in its place.
#[pyfunction]
#[allow(clippy::type_complexity)]
pub(crate) fn _calls(
    py: Python<'_>,
) -> PyResult<
    Vec<(&'static str, &'static str, &'static str, Vec<(&'static str, &'static str, bool, Option<Py<PyAny>>, Option<&'static str>)>, &'static str, bool)>,
> {
    let argument = |Argument { name, kind, default, options }: &Argument| {
        Ok((*name, *kind, default.is_some(), default.map(|default| default(py)).transpose()?, options.map(|(name, _, _)| name)))
    };
    let call = |call: &Call| {
        let arguments = call.arguments.iter().map(argument).collect::<PyResult<_>>()?;
        Ok((call.name, call.doc, call.example, arguments, call.result, call.long))
    };
    CALLS.iter().map(call).collect()
}

/// Whether Python keeps a word for itself.
#[pyfunction]
pub(crate) fn _is_keyword(name: &str) -> bool {
    crate::options::is_keyword(name)
}
