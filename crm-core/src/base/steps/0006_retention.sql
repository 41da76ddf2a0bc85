-- How long the former versions of an entity's records are kept.
create table retention (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    entity text not null,
    days integer not null
) strict;
create unique index retention_entity on retention (entity);
