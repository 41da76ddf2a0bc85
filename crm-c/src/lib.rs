//! The library for everything that speaks C: `include/crm.h` is generated from this file, and every call goes to [`JsonCalls`].
//!
//! A panic never crosses the border: it becomes an error, and what was being written leaves nothing.
#![allow(unsafe_code)] // Pointers from C.

use crm_core::{CommitEvent, Crm as Core, Error, JsonCalls, Listening, Options, Result};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

#[cfg(feature = "arrow")]
use arrow_array::{RecordBatchIterator, ffi_stream::FFI_ArrowArrayStream as ArrowArrayStream};

/// An open CRM file. Threads may share it.
pub struct Crm {
    calls: JsonCalls,
    listening: Mutex<HashMap<i64, Listening>>,
}

thread_local! {
    static LAST: RefCell<Option<CString>> = const { RefCell::new(None) };
}

fn remember(error: Option<&Error>) {
    let text = error.and_then(|error| CString::new(error.to_json()).ok());
    // While a thread ends there is nothing left to remember it in.
    let _ = LAST.try_with(|last| *last.borrow_mut() = text);
}

/// Runs work on behalf of C: an error and a panic are remembered for `crm_last_error`, and give `failed`.
fn guarded<T>(failed: T, work: impl FnOnce() -> Result<T>) -> T {
    let broken = |_| Err(Error::storage("", "the library failed within itself; what was being written leaves nothing"));
    match catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(broken) {
        Ok(value) => {
            remember(None);
            value
        }
        Err(error) => {
            remember(Some(&error));
            failed
        }
    }
}

fn invalid(field: &str, reason: &str) -> Error {
    Error::invalid(field, reason)
}

/// # Safety
/// Null or a text that ends with NUL and lives as long as the result.
unsafe fn text<'a>(field: &str, text: *const c_char) -> Result<&'a str> {
    if text.is_null() {
        return Err(invalid(field, "is NULL"));
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(text) }.to_str().map_err(|_| invalid(field, "is not UTF-8"))
}

/// # Safety
/// Null or a handle that `crm_open` gave and `crm_close` has not taken.
unsafe fn handle<'a>(crm: *const Crm) -> Result<&'a Crm> {
    // SAFETY: the caller's promise.
    unsafe { crm.as_ref() }.ok_or_else(|| invalid("crm", "is NULL"))
}

fn owned(text: String) -> Result<*mut c_char> {
    // JSON writes the character NUL as an escape, so there is none.
    CString::new(text).map(CString::into_raw).map_err(|_| invalid("answer", "holds the character NUL"))
}

/// The version of the library, a text that lives as long as the program.
#[unsafe(no_mangle)]
pub extern "C" fn crm_version() -> *const c_char {
    const { concat!(env!("CARGO_PKG_VERSION"), "\0") }.as_ptr().cast()
}

/// Opens a file, creating it when there is none; `:memory:` is a file that lives as long as its handle.
/// `options` is NULL or a JSON object of `read_only`, `create`, `busy_timeout` (milliseconds), `synchronous` (`normal`, `full`), `max_bytes`
/// and `upgrade` (`backup`, `in_place`, `refuse`: what happens to a file that an earlier version of the library wrote).
/// Gives NULL on failure; see `crm_last_error`. Close it with `crm_close`.
///
/// # Safety
/// `path` and `options` are NULL or UTF-8 texts that end with NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_open(path: *const c_char, options: *const c_char) -> *mut Crm {
    guarded(std::ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        let path = unsafe { text("path", path) }?;
        // SAFETY: the caller's promise.
        let options = if options.is_null() { Options::default() } else { Options::from_json(unsafe { text("options", options) }?)? };
        let calls = JsonCalls::new(Core::open_with(path, options)?);
        Ok(Box::into_raw(Box::new(Crm { calls, listening: Mutex::default() })))
    })
}

/// Closes a file; a change set that is still open leaves nothing, and listeners stop. NULL is let pass.
///
/// # Safety
/// `crm` is NULL or came from `crm_open`, was not closed before, and no other thread is using it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_close(crm: *mut Crm) {
    if !crm.is_null() {
        guarded((), || {
            // SAFETY: the caller's promise.
            drop(unsafe { Box::from_raw(crm) });
            Ok(())
        });
    }
}

/// Answers a request: a JSON object whose `call` names one of the calls of CALLS.md and whose other members are its arguments.
/// The answer is JSON; free it with `crm_free`. NULL on failure; see `crm_last_error`.
///
/// # Safety
/// `crm` is NULL or open; `request` is NULL or a UTF-8 text that ends with NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_call(crm: *const Crm, request: *const c_char) -> *mut c_char {
    // SAFETY: the caller's promise.
    guarded(std::ptr::null_mut(), || owned(unsafe { handle(crm) }?.calls.call(unsafe { text("request", request) }?)?))
}

/// Answers a request whose call gives a table (`sql`, `table`, `report`, `timeline`) as an Arrow C stream of one batch, without copying
/// texts and numbers. Gives 0, and then `out` is to be released by its own `release`; -1 on failure, and then `out` is as it was.
///
/// # Safety
/// As for `crm_call`; `out` is NULL or points to room for a stream, which is overwritten.
#[cfg(feature = "arrow")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_sql_arrow(crm: *const Crm, request: *const c_char, out: *mut ArrowArrayStream) -> i32 {
    guarded(-1, || {
        if out.is_null() {
            return Err(invalid("out", "is NULL"));
        }
        // SAFETY: the caller's promise.
        let batch = unsafe { handle(crm) }?.calls.table(unsafe { text("request", request) }?)?.to_record_batch()?;
        let schema = batch.schema();
        let stream = ArrowArrayStream::new(Box::new(RecordBatchIterator::new([Ok(batch)], schema)));
        // SAFETY: the caller's promise; what was there is room, and not to be dropped.
        unsafe { out.write(stream) };
        Ok(0)
    })
}

/// Frees an answer of `crm_call`. NULL is let pass.
///
/// # Safety
/// `text` is NULL or came from `crm_call` and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_free(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { CString::from_raw(text) });
    }
}

/// Why the last call on this thread failed: a JSON object of `code`, `field` and `reason`, free of personal data; NULL when it did not.
/// It lives until the next call on this thread. Languages that move work between threads must hold on to the thread for both calls.
#[unsafe(no_mangle)]
pub extern "C" fn crm_last_error() -> *const c_char {
    LAST.try_with(|last| last.borrow().as_ref().map_or(std::ptr::null(), |text| text.as_ptr())).unwrap_or(std::ptr::null())
}

/// What the host wants back in every call of its listener. Threads share it, as the header says.
struct Context(*mut c_void);
// SAFETY: the host promises that its listener may be called from any thread.
unsafe impl Send for Context {}
// SAFETY: likewise; calls of one listener never overlap.
unsafe impl Sync for Context {}

/// Calls `hear` after every commit made through this handle from now on, in their order, each once, one at a time, with no lock
/// held: it may call the library. `event` is a JSON object of `change_set`, `at`, `actor`, `label`, `undoes`, `since` and `entries`
/// (the call `changes` with that `since` gives its changes), and lives until `hear` returns. It runs on a thread that commits.
/// Gives a number for `crm_stop`, or -1 on failure.
///
/// # Safety
/// `crm` is NULL or open; `hear` is NULL or may be called with `context` from any thread until `crm_stop` or `crm_close`, and does not close `crm`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_on_commit(
    crm: *const Crm,
    hear: Option<unsafe extern "C" fn(context: *mut c_void, event: *const c_char)>,
    context: *mut c_void,
) -> i64 {
    guarded(-1, || {
        // SAFETY: the caller's promise.
        let crm = unsafe { handle(crm) }?;
        let hear = hear.ok_or_else(|| invalid("hear", "is NULL"))?;
        let context = Context(context);
        let listening = crm.calls.crm().on_commit(move |event: &CommitEvent| {
            let context = &context;
            if let Ok(event) = CString::new(event.to_json()) {
                // SAFETY: the host's promise.
                unsafe { hear(context.0, event.as_ptr()) };
            }
        })?;
        let mut all = crm.listening.lock().unwrap_or_else(PoisonError::into_inner);
        let id = all.keys().max().map_or(1, |last| last + 1);
        all.insert(id, listening);
        Ok(id)
    })
}

/// Stops a listener. A call of it that another thread is in the middle of comes to its end.
/// Gives 0, or -1 when there is none of this number.
///
/// # Safety
/// `crm` is NULL or open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stop(crm: *const Crm, listener: i64) -> i32 {
    guarded(-1, || {
        // SAFETY: the caller's promise.
        let crm = unsafe { handle(crm) }?;
        let found = crm.listening.lock().unwrap_or_else(PoisonError::into_inner).remove(&listener);
        found.map(|listening| listening.stop()).ok_or_else(|| invalid("listener", "there is none of this number"))?;
        Ok(0)
    })
}

#[cfg(test)]
#[allow(clippy::panic)] // A test ends by panicking.
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_and_the_next_call_works() {
        assert_eq!(guarded(-1, || -> Result<i32> { panic!("a mistake of the library's own") }), -1);
        // SAFETY: the text lives until the next call.
        let told = unsafe { CStr::from_ptr(crm_last_error()) }.to_str().unwrap_or_default().to_owned();
        assert!(told.contains("\"code\":\"storage\"") && !told.contains("mistake"), "{told}");
        assert_eq!(guarded(-1, || Ok(0)), 0);
        assert!(crm_last_error().is_null());
    }
}
