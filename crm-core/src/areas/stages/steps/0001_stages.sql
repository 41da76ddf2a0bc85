-- Processes and their stages. In files that are older than this area they are there already, made by that of sales.

-- A way that records go, with stages of its own; several stand side by side.
create table if not exists process (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    description text,
    active integer
) strict;

-- A stage of a process.
create table if not exists stage (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    process_id integer not null references process(id) deferrable initially deferred,
    name text not null,
    position integer,
    kind text not null,
    probability integer,
    norm_days integer
) strict;
create unique index if not exists process_name on process (name);
create unique index if not exists stage_name on stage (process_id, name);
