//! Tables of results, handed to data frames and databases as Arrow without copying.

use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch, RecordBatchIterator};
use chrono::{DateTime, NaiveDate};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList};

/// Rows shown in a notebook.
const ROWS_SHOWN: usize = 20;

/// A table of results. `polars`, `pandas`, `pyarrow` and `duckdb` take it as it is (`polars.DataFrame(table)`).
/// `table["name"]` is a column as a list, `table[0]` a row as a dict, and a loop gives the rows.
#[pyclass(frozen, module = "crm")]
pub(crate) struct Table(pub RecordBatch);

impl Table {
    fn cell<'py>(&self, py: Python<'py>, row: usize, column: usize) -> PyResult<Bound<'py, PyAny>> {
        let array = self.0.column(column);
        if array.is_null(row) {
            return Ok(py.None().into_bound(py));
        }
        if let Some(array) = array.as_primitive_opt::<Int64Type>() {
            array.value(row).into_bound_py_any(py)
        } else if let Some(array) = array.as_string_opt::<i64>() {
            array.value(row).into_bound_py_any(py)
        } else if let Some(array) = array.as_primitive_opt::<Float64Type>() {
            array.value(row).into_bound_py_any(py)
        } else if let Some(array) = array.as_primitive_opt::<Date32Type>() {
            NaiveDate::from_epoch_days(array.value(row)).into_bound_py_any(py)
        } else if let Some(array) = array.as_primitive_opt::<TimestampMillisecondType>() {
            DateTime::from_timestamp_millis(array.value(row)).into_bound_py_any(py)
        } else {
            array.as_boolean().value(row).into_bound_py_any(py)
        }
    }

    fn row<'py>(&self, py: Python<'py>, row: usize) -> PyResult<Bound<'py, PyDict>> {
        let cells = PyDict::new(py);
        for (column, field) in self.0.schema_ref().fields().iter().enumerate() {
            cells.set_item(field.name(), self.cell(py, row, column)?)?;
        }
        Ok(cells)
    }

    fn column<'py>(&self, py: Python<'py>, column: usize) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, (0..self.0.num_rows()).map(|row| self.cell(py, row, column)).collect::<PyResult<Vec<_>>>()?)
    }
}

#[pymethods]
impl Table {
    /// The names of the columns, in order.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.0.schema_ref().fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn __len__(&self) -> usize {
        self.0.num_rows()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(name) = key.extract::<String>() {
            let column = self.0.schema_ref().index_of(&name).map_err(|_| PyKeyError::new_err(name))?;
            return Ok(self.column(py, column)?.into_any());
        }
        let (at, rows) = (key.extract::<isize>()?, self.0.num_rows());
        let row = if at < 0 { rows.checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
        match row.filter(|row| *row < rows) {
            Some(row) => Ok(self.row(py, row)?.into_any()),
            None => Err(PyIndexError::new_err("row out of range")),
        }
    }

    fn __iter__(table: Py<Self>) -> RowIterator {
        RowIterator { table, next: 0.into() }
    }

    /// As an Arrow table of `pyarrow`.
    fn to_arrow<'py>(table: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table.py().import("pyarrow")?.call_method1("table", (table,))
    }

    /// As a data frame of `polars`.
    fn to_polars<'py>(table: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table.py().import("polars")?.call_method1("DataFrame", (table,))
    }

    /// As a data frame of `pandas`, by way of `pyarrow`.
    fn to_pandas<'py>(table: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::to_arrow(table)?.call_method0("to_pandas")
    }

    /// The columns by name, as lists.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = PyDict::new(py);
        for (column, field) in self.0.schema_ref().fields().iter().enumerate() {
            columns.set_item(field.name(), self.column(py, column)?)?;
        }
        Ok(columns)
    }

    /// The Arrow PyCapsule protocol: a stream of one record batch. Every column keeps its own type.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(&self, py: Python<'py>, requested_schema: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyCapsule>> {
        // Consumers may ask for another schema; giving one's own is allowed.
        let _ = requested_schema;
        let reader = RecordBatchIterator::new([Ok(self.0.clone())], self.0.schema());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }

    fn __repr__(&self) -> String {
        format!("<Table: {} rows of {}>", self.0.num_rows(), self.columns().join(", "))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let rows = self.0.num_rows();
        let mut html = String::from("<table><thead><tr>");
        for name in self.columns() {
            html += &format!("<th>{}</th>", escaped(name));
        }
        html += "</tr></thead><tbody>";
        for row in 0..rows.min(ROWS_SHOWN) {
            html += "<tr>";
            for column in 0..self.0.num_columns() {
                let cell = self.cell(py, row, column)?;
                let text = if cell.is_none() { String::new() } else { cell.str()?.to_string() };
                html += &format!("<td>{}</td>", escaped(&text));
            }
            html += "</tr>";
        }
        html += "</tbody></table>";
        if rows > ROWS_SHOWN {
            html += &format!("<p>{rows} rows, {ROWS_SHOWN} shown</p>");
        }
        Ok(html)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// The rows of a table, one after another.
#[pyclass(frozen)]
pub(crate) struct RowIterator {
    table: Py<Table>,
    next: std::sync::atomic::AtomicUsize,
}

#[pymethods]
impl RowIterator {
    fn __iter__(rows: PyRef<'_, Self>) -> PyRef<'_, Self> {
        rows
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let table = self.table.get();
        let row = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if row < table.0.num_rows() { table.row(py, row).map(Some) } else { Ok(None) }
    }
}
