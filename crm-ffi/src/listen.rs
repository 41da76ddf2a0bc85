//! What the host gives the library to call: listeners, a clock, a place for log lines.

use crate::{CommitEvent, Crm, Lower, Result};
use chrono::{DateTime, Utc};
use crm_core::*;
use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The host's own code failed when the library called it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Error)]
pub enum HostError {
    /// Why, for the host's eyes only: the library does not pass it on.
    Failed {
        /// The host's words.
        reason: String,
    },
}

impl std::fmt::Display for HostError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the host's own code failed")
    }
}

impl std::error::Error for HostError {}

impl From<uniffi::UnexpectedUniFFICallbackError> for HostError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { reason: error.reason }
    }
}

/// Told of commits.
#[uniffi::export(with_foreign)]
pub trait CommitListener: Send + Sync {
    /// A change set was committed. What is thrown here harms neither the commit nor other listeners.
    fn committed(&self, event: CommitEvent) -> Result<(), HostError>;
}

/// A listener that was given to the library. It goes on until it is stopped or the file is closed, whatever becomes of this object.
#[derive(uniffi::Object)]
pub struct Subscription {
    listening: Mutex<Option<Listening>>,
}

#[uniffi::export]
impl Subscription {
    /// Stops. A call that another thread is in the middle of comes to its end.
    pub fn stop(&self) {
        drop(self.take());
    }
}

impl Subscription {
    fn take(&self) -> Option<Listening> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // Collectors drop what nobody looks at; that must not end the listening.
        if let Some(listening) = self.take() {
            listening.keep();
        }
    }
}

#[uniffi::export]
impl Crm {
    /// Tells a listener of every commit made through this open file from now on: in the order of the commits, each once, one at a time,
    /// on a thread that commits. No lock is held, so it may read and write; it should be quick, or hand over to a thread of its own.
    /// For handles without a user only. What other processes commit is in `changes`.
    pub fn on_commit(&self, listener: Arc<dyn CommitListener>) -> Result<Arc<Subscription>> {
        let listening = self.core.on_commit(move |event| {
            if listener.committed(Lower::lower(event.clone())).is_err() {
                log::warn!(target: "crm", "a commit listener of the host failed; the commit stands");
            }
        })?;
        Ok(Arc::new(Subscription { listening: Mutex::new(Some(listening)) }))
    }
}

/// Where the library takes the time from, when the host wants it so.
#[uniffi::export(with_foreign)]
pub trait Clock: Send + Sync {
    /// The current moment; cut to milliseconds. Called within operations, so it must not call the library. When it throws, the computer's
    /// clock stands in.
    fn now(&self) -> Result<DateTime<Utc>, HostError>;
}

/// The host's clock as the library's.
pub(crate) struct HostClock(pub Arc<dyn Clock>);

impl crm_core::Clock for HostClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now().unwrap_or_else(|_| {
            log::warn!(target: "crm", "the host's clock failed; the computer's stands in");
            SystemClock.now()
        })
    }
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something deserves a look.
    Warn,
    /// What was done: opened, migrated, imported, copied.
    Info,
    /// What helps to find a fault.
    Debug,
}

/// Where log lines go.
#[uniffi::export(with_foreign)]
pub trait LogSink: Send + Sync {
    /// A line, free of personal data. What is thrown here is let pass.
    fn line(&self, level: LogLevel, line: String) -> Result<(), HostError>;
}

static SINK: RwLock<Option<Arc<dyn LogSink>>> = RwLock::new(None);

thread_local! {
    /// A sink is being called: what it makes the library log is not told again.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

struct Lines;

impl log::Log for Lines {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() == "crm"
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) || TELLING.replace(true) {
            return;
        }
        let sink = SINK.read().unwrap_or_else(PoisonError::into_inner).clone();
        let level = match record.level() {
            log::Level::Error => LogLevel::Error,
            log::Level::Warn => LogLevel::Warn,
            log::Level::Info => LogLevel::Info,
            log::Level::Debug | log::Level::Trace => LogLevel::Debug,
        };
        if let Some(sink) = sink {
            let _ = sink.line(level, record.args().to_string());
        }
        TELLING.set(false);
    }

    fn flush(&self) {}
}

/// Sends the library's log lines of this level and above to a sink, for all files of the process; without a sink, nowhere.
#[uniffi::export]
pub fn log_to(sink: Option<Arc<dyn LogSink>>, level: LogLevel) {
    let filter = match (&sink, level) {
        (None, _) => log::LevelFilter::Off,
        (_, LogLevel::Error) => log::LevelFilter::Error,
        (_, LogLevel::Warn) => log::LevelFilter::Warn,
        (_, LogLevel::Info) => log::LevelFilter::Info,
        (_, LogLevel::Debug) => log::LevelFilter::Debug,
    };
    *SINK.write().unwrap_or_else(PoisonError::into_inner) = sink;
    // It is set already when this is not the first call.
    let _ = log::set_logger(&Lines);
    log::set_max_level(filter);
}
