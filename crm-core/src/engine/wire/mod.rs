//! What is declared, in serde's formats, and as the arguments of calls.
//!
//! Every declaring macro derives `Serialize` and `Deserialize`, and that alone is how anything becomes JSON: [`form`] holds what serde cannot
//! derive, which are the types of other crates in the shape that the calls give them. Reading the arguments of a call is by hand, in [`given`]:
//! its errors name the argument and the nearest known member and never quote what was given, and values are put into shape as a field
//! would (`"120"` for a whole number, words without regard to case); errors of serde's do the opposite of each. What
//! both look like to others is told by [`schema`].

pub(crate) mod form;
mod given;
pub(crate) mod json;
pub(crate) mod schema;

pub(crate) use form::{Form, own_form, shown_form, text_of};
pub(crate) use given::{FromJson, Members, Raw, Text, argument, members, scalar};
pub(crate) use schema::{Definitions, Described};
