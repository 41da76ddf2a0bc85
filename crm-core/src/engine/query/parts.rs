//! The parts that a select of the past is put together from, and what is known of them while it is written.

use super::scope::Frame;
use crate::engine::store::Piece;
use sqlparser::ast::{Expr, Ident, OrderByKind, Query, Select, SelectItem};
use std::cell::{Cell, RefCell};

/// Stands in the text of a part for the piece of a table, followed by its place. No statement contains it.
pub(super) const PLACE: char = '\0';
/// Stands for the sign of a part.
pub(super) const SIGN: &str = "\0-\0";

/// What follows `from`, with the first two tables in any order.
pub(super) struct InTurn {
    pub first: String,
    /// The second table, and the condition that joins it.
    pub second: Option<(String, String)>,
    pub rest: String,
}

impl InTurn {
    /// The text; the table of this place, where it is one of the first two, is gone through first, whatever else seems better.
    pub fn text(&self, few: Option<usize>) -> String {
        let Self { first, second: Some((second, condition)), rest } = self else { return self.first.clone() };
        match few {
            Some(0) => format!("{first} cross join {second} on {condition}{rest}"),
            Some(1) => format!("{second} cross join {first} on {condition}{rest}"),
            _ => format!("{first} join {second} on {condition}{rest}"),
        }
    }
}

/// How a select is put together: see `pieces`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Signed,
    Halves,
    Rows,
}

/// A select that is being put together.
pub(super) struct Split {
    pub way: Way,
    /// The names that its parts know, once what is written is what is around them.
    pub parts: Option<Frame>,
    /// Whether each table after `from`, in order, stands for pieces: those of inner joins do.
    pub pieces: Vec<bool>,
    pub met: Cell<usize>,
    /// What the parts are grouped by.
    pub keys: Vec<String>,
    /// What is counted without what is alike.
    pub distinct: RefCell<Option<String>>,
    /// What the parts give besides.
    columns: RefCell<Vec<String>>,
    /// Whether anything is counted, summed or ranked.
    pub aggregates: Cell<bool>,
    /// Results by whose names is ordered, though a column may be called the same: where they are named.
    pub ordered: Vec<Ident>,
}

impl Split {
    pub fn new(way: Way, pieces: &[bool], query: &Query, select: &Select) -> Self {
        Self {
            way,
            parts: None,
            pieces: pieces.to_vec(),
            met: Cell::new(0),
            keys: Vec::new(),
            distinct: RefCell::default(),
            columns: RefCell::default(),
            aggregates: Cell::new(false),
            ordered: ordered(query, select),
        }
    }

    /// The name of a column that the parts give.
    pub fn column(&self, sql: String) -> String {
        let mut columns = self.columns.borrow_mut();
        let at = columns.iter().position(|column| *column == sql).unwrap_or_else(|| {
            columns.push(sql);
            columns.len() - 1
        });
        format!("p.c{}", at + 1)
    }

    /// How many rows are left of a group, when those taken away are taken away.
    pub fn rows(&self) -> String {
        format!("sum({})", self.column(format!("{SIGN}count(*)")))
    }

    /// Every part: each table that stands for pieces by each piece of it.
    pub fn sql(&self, from: &InTurn, condition: &str) -> String {
        let mut list: Vec<_> = self.keys.iter().enumerate().map(|(at, key)| format!("{key} as k{}", at + 1)).collect();
        let distinct = self.distinct.borrow();
        let left = distinct.is_some().then(|| self.rows());
        list.extend(distinct.iter().map(|value| format!("{value} as d")));
        let keys = list.len();
        list.extend(self.columns.borrow().iter().enumerate().map(|(at, column)| format!("{column} as c{}", at + 1)));
        if list.is_empty() {
            list.push("1".to_owned());
        }
        let list = list.join(", ");
        let mut group = String::new();
        if keys > 0 && self.way != Way::Rows {
            group = format!(" group by {}", (1..=keys).map(|key| key.to_string()).collect::<Vec<_>>().join(", "));
        }
        let parts = self.choices().into_iter().map(|choice| {
            let taken = choice.iter().filter(|(_, piece)| *piece == Piece::Newer).count() % 2 == 1;
            let few = choice.iter().find(|(_, piece)| matches!(piece, Piece::Newer | Piece::Former)).map(|(place, _)| *place);
            let part = format!("select {list} from {}{condition}{group}", from.text(few)).replace(SIGN, if taken { "-" } else { "" });
            choice.iter().fold(part, |part, (place, piece)| part.replace(&format!("{PLACE}{place}{PLACE}"), piece.suffix()))
        });
        let parts = parts.collect::<Vec<_>>().join(" union all ");
        // Each value once, as far as rows with it are left.
        let Some(left) = left else { return parts };
        let mut list: Vec<_> = (1..=self.keys.len()).map(|key| format!("p.k{key}")).chain(["p.d".to_owned()]).collect();
        let group = list.join(", ");
        list.extend((1..=self.columns.borrow().len()).map(|column| format!("sum(p.c{column}) as c{column}")));
        format!("select {} from ({parts}) as p group by {group} having {left} > 0", list.join(", "))
    }

    /// Every choice of a piece for each table that stands for some, by its place.
    fn choices(&self) -> Vec<Vec<(usize, Piece)>> {
        let pieces: &[Piece] = match self.way {
            Way::Signed => &[Piece::Present, Piece::Newer, Piece::Former],
            Way::Halves | Way::Rows => &[Piece::Kept, Piece::Former],
        };
        let places = self.pieces.iter().enumerate().filter(|(_, piece)| **piece).map(|(place, _)| place);
        places.fold(vec![Vec::new()], |choices, place| {
            choices.iter().flat_map(|choice| pieces.iter().map(move |piece| choice.iter().copied().chain([(place, *piece)]).collect())).collect()
        })
    }
}

/// The names of results that are keys of the order by themselves: a result goes before a column there.
fn ordered(query: &Query, select: &Select) -> Vec<Ident> {
    let Some(OrderByKind::Expressions(keys)) = query.order_by.as_ref().map(|order| &order.kind) else { return Vec::new() };
    let results = |name: &Ident| {
        select.projection.iter().any(|item| matches!(item, SelectItem::ExprWithAlias { alias, .. } if alias.value.eq_ignore_ascii_case(&name.value)))
    };
    keys.iter().filter_map(|key| if let Expr::Identifier(name) = &key.expr { Some(name) } else { None }).filter(|name| results(name)).cloned().collect()
}
