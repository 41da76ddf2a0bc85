-- What running numbers look like.
create table number_series (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    entity text not null,
    kind text,
    pattern text not null
) strict;
create unique index number_series_entity on number_series (entity, coalesce(kind, ''));

-- The last number given, per series and period. No part of the log: what was given once is not taken back by an undo.
create table number_given (
    series text not null,
    period text not null,
    last integer not null,
    primary key (series, period)
) strict, without rowid;
