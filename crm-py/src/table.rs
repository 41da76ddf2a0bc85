//! Tables of results, handed to data frames and databases as Arrow without copying.

use crate::error::invalid;
use crate::value::Show;
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch, RecordBatchIterator};
use arrow_schema::DataType;
use chrono::{DateTime, NaiveDate};
use crm_core::{About, Report};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList, PySlice, slice::PySliceIndices};
use rust_decimal::Decimal;

/// A table of results. `polars`, `pandas`, `pyarrow` and `duckdb` take it as it is (`polars.DataFrame(table)`).
/// `table["name"]` is a column as a list, `table[0]` a row as a dict, `table[:10]` a shorter table, and a loop gives the rows.
///
/// >>> table = crm.open(":memory:").sql("select 1 as n, 'one' as word union all select 2, 'two'")
/// >>> len(table), table["word"], table[0], len(table[1:])
/// (2, ['one', 'two'], {'n': 1, 'word': 'one'}, 1)
#[pyclass(frozen, module = "crm")]
pub(crate) struct Table {
    pub batch: RecordBatch,
    pub about: Option<About>,
}

impl Table {
    /// A table of the core.
    pub fn new(mut table: crm_core::Table) -> crm_core::Result<Self> {
        let about = table.about.take();
        Ok(Self { batch: table.to_record_batch()?, about })
    }

    fn cell<'py>(&self, py: Python<'py>, row: usize, column: usize) -> PyResult<Bound<'py, PyAny>> {
        let array = self.batch.column(column);
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
        } else if let (Some(decimals), DataType::Decimal128(_, scale)) = (array.as_primitive_opt::<Decimal128Type>(), array.data_type()) {
            let number = Decimal::try_from_i128_with_scale(decimals.value(row), u32::from(scale.unsigned_abs()));
            // What the core made of decimals of its own fits.
            number.map(|number| number.normalize()).unwrap_or_default().into_bound_py_any(py)
        } else {
            array.as_boolean().value(row).into_bound_py_any(py)
        }
    }

    fn row<'py>(&self, py: Python<'py>, row: usize) -> PyResult<Bound<'py, PyDict>> {
        let cells = PyDict::new(py);
        for (column, field) in self.batch.schema_ref().fields().iter().enumerate() {
            cells.set_item(field.name(), self.cell(py, row, column)?)?;
        }
        Ok(cells)
    }

    /// The rows of a slice; those of a step of 1 are not copied.
    fn part(&self, slice: &Bound<'_, PySlice>) -> PyResult<Self> {
        let of = isize::try_from(self.batch.num_rows()).unwrap_or(isize::MAX);
        let PySliceIndices { start, step, slicelength, .. } = slice.indices(of)?;
        if step != 1 {
            return Err(invalid(slice.py(), "step", "rows are taken one after another; give no step"));
        }
        Ok(Self { batch: self.batch.slice(start.unsigned_abs(), slicelength), about: self.about.clone() })
    }

    fn column<'py>(&self, py: Python<'py>, column: usize) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, (0..self.batch.num_rows()).map(|row| self.cell(py, row, column)).collect::<PyResult<Vec<_>>>()?)
    }
}

#[pymethods]
impl Table {
    /// The names of the columns, in order.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.batch.schema_ref().fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(name) = key.extract::<String>() {
            let column = self.batch.schema_ref().index_of(&name).map_err(|_| PyKeyError::new_err(name))?;
            return Ok(self.column(py, column)?.into_any());
        }
        if let Ok(slice) = key.cast::<PySlice>() {
            return self.part(slice)?.into_bound_py_any(py);
        }
        let (at, rows) = (key.extract::<isize>()?, self.batch.num_rows());
        let row = if at < 0 { rows.checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
        match row.filter(|row| *row < rows) {
            Some(row) => Ok(self.row(py, row)?.into_any()),
            None => Err(PyIndexError::new_err("row out of range")),
        }
    }

    fn __iter__(table: Py<Self>) -> RowIterator {
        RowIterator { table, next: 0.into() }
    }

    /// The report that this is, such as `won`; `None` for other tables.
    #[getter]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.about.as_ref().and_then(|about| about.report.parse::<Report>().ok()).show(py)
    }

    /// What the figures of a report are split by; empty when they are not.
    #[getter]
    fn by(&self) -> Vec<String> {
        self.about.as_ref().map_or(Vec::new(), |about| about.by.clone())
    }

    /// The columns of a report that are amounts in minor units (cents) of `currency`.
    #[getter]
    fn amounts(&self) -> Vec<&'static str> {
        self.about.as_ref().map_or(Vec::new(), |about| about.amounts.to_vec())
    }

    /// The code of the currency that a report's amounts are in; `None` for other tables.
    #[getter]
    fn currency(&self) -> Option<&'static str> {
        self.about.as_ref().map(|about| about.currency.code())
    }

    /// A picture of a report, drawn with `matplotlib` (`pip install crm[plot]`): a figure that a notebook shows and
    /// `figure.savefig("won.png")` keeps. `title` replaces the report's own title, `rows` is how many rows a ranking shows at most.
    ///
    /// >>> db = crm.open(":memory:")
    /// >>> process = db.add_process("New business")
    /// >>> figure = db.report("funnel").plot()
    #[pyo3(signature = (*, title=None, rows=15))]
    fn plot<'py>(table: &Bound<'py, Self>, title: Option<&str>, rows: usize) -> PyResult<Bound<'py, PyAny>> {
        let options = PyDict::new(table.py());
        options.set_item("title", title)?;
        options.set_item("rows", rows)?;
        table.py().import("crm._plot")?.getattr("plot")?.call((table,), Some(&options))
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
        for (column, field) in self.batch.schema_ref().fields().iter().enumerate() {
            columns.set_item(field.name(), self.column(py, column)?)?;
        }
        Ok(columns)
    }

    /// The Arrow PyCapsule protocol: a stream of one record batch. Every column keeps its own type.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(&self, py: Python<'py>, requested_schema: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyCapsule>> {
        // Consumers may ask for another schema; giving one's own is allowed.
        let _ = requested_schema;
        let reader = RecordBatchIterator::new([Ok(self.batch.clone())], self.batch.schema());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }

    fn __repr__(&self) -> String {
        format!("<Table: {} rows of {}>", self.batch.num_rows(), self.columns().join(", "))
    }

    fn _repr_html_<'py>(table: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table.py().import("crm._html")?.getattr("table")?.call1((table,))
    }
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
        if row < table.batch.num_rows() { table.row(py, row).map(Some) } else { Ok(None) }
    }
}
