//! Data frames of other libraries, taken over by the Arrow PyCapsule protocol.

use crate::error::invalid;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// A frame as a stream of record batches, and how many rows it has when it says so.
pub(crate) fn stream(frame: &Bound<'_, PyAny>) -> PyResult<(RecordBatchStreamReader, Option<u64>)> {
    let py = frame.py();
    let Ok(method) = frame.getattr("__arrow_c_stream__") else {
        return Err(invalid(py, "frame", "expected a data frame or table with `__arrow_c_stream__`, such as polars, pandas, pyarrow and DuckDB have"));
    };
    let rows = frame.len().ok().and_then(|rows| u64::try_from(rows).ok());
    let capsule = method.call0()?;
    let capsule = capsule.cast::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
    // SAFETY: a capsule of this name holds a stream by the Arrow PyCapsule protocol. It is moved out of the capsule, which is left
    // with a released one that its destructor passes over.
    #[allow(unsafe_code)]
    let stream = unsafe { RecordBatchStreamReader::from_raw(pointer.cast::<FFI_ArrowArrayStream>().as_ptr()) };
    stream.map(|stream| (stream, rows)).map_err(|_| invalid(py, "frame", "its stream of columns cannot be read"))
}
