//! The aggregate `nearest`.

use crate::engine::text;
use rusqlite::Result as SqlResult;
use rusqlite::functions::{Aggregate, Context};

/// `nearest(word, known)`: of the known words of a group, the one that the word may be meant for.
pub(super) struct Nearest;

#[derive(Default)]
pub(super) struct Group {
    word: Option<String>,
    known: Vec<String>,
}

impl Aggregate<Group, Option<String>> for Nearest {
    fn init(&self, _: &mut Context<'_>) -> SqlResult<Group> {
        Ok(Group::default())
    }

    fn step(&self, context: &mut Context<'_>, group: &mut Group) -> SqlResult<()> {
        group.word = context.get(0)?;
        group.known.extend(context.get::<Option<String>>(1)?);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, group: Option<Group>) -> SqlResult<Option<String>> {
        let Some(Group { word: Some(word), known }) = group else { return Ok(None) };
        Ok(text::nearest(&word, known.iter().map(String::as_str)).map(str::to_owned))
    }
}
