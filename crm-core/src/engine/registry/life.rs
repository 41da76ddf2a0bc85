//! The life of a customer: what its timeline and its dossier show of the records of an area.

/// What the records of an entity tell of an organization's life.
#[derive(Debug)]
pub(crate) struct Life {
    /// Gives `at` (milliseconds), `kind`, `entity`, `record_id`, `title`, `detail`, `user_id` of what happened with the organization `?1`
    /// before the moment `?2` and not before the moment `?3`.
    pub sql: &'static str,
    /// The dossier shows the latest of them, since none of its other parts does.
    pub in_dossier: bool,
}

/// One entry of `life`: what it tells by its columns, or by SQL of its own.
macro_rules! life {
    ($entity:ident { at: $at:literal, kind: $kind:literal, title: $title:literal, detail: $detail:literal, user: $user:literal, of: $of:literal
        $(, when: $when:literal)?, in_dossier: $in_dossier:literal }) => {
        $crate::engine::registry::Life {
            sql: concat!(
                "select ", $at, " as at, ", $kind, " as kind, '", stringify!($entity), "' as entity, id as record_id, ", $title, " as title, ", $detail,
                " as detail, ", $user, " as user_id from \"", stringify!($entity), "\" where ", $of, " = ?1 and ", $at, " < ?2 and ", $at, " >= ?3" $(, " and ", $when)?
            ),
            in_dossier: $in_dossier,
        }
    };
    ($entity:ident { sql: $sql:literal, in_dossier: $in_dossier:literal }) => {
        $crate::engine::registry::Life { sql: include_str!($sql), in_dossier: $in_dossier }
    };
}
pub(crate) use life;
