create table sample_order (
    id integer primary key, revision integer not null, created_at integer not null, updated_at integer not null,
    number text, kind text, subject text not null, sent_at integer, replaces_id integer references sample_order (id) deferrable initially deferred,
    mark text, current integer, owner_id integer references user (id) deferrable initially deferred,
    process_id integer references process (id) deferrable initially deferred, stage_id integer references stage (id) deferrable initially deferred,
    value integer, value_currency text, lost_reason text
) strict;
create unique index sample_order_number on sample_order (number);
create table sample_line (
    id integer primary key, revision integer not null, created_at integer not null, updated_at integer not null,
    sample_order_id integer not null references sample_order (id) deferrable initially deferred, text text not null
) strict;
create table sample_look (
    id integer primary key, revision integer not null, created_at integer not null, updated_at integer not null,
    sample_order_id integer not null references sample_order (id) deferrable initially deferred, count integer not null
) strict;
-- Tables may be named by any word: the library quotes them, and so do steps.
create table "case" (
    id integer primary key, revision integer not null, created_at integer not null, updated_at integer not null,
    subject text not null, previous_id integer references "case" (id) deferrable initially deferred, status text, over integer
) strict;
create index case_previous on "case" (previous_id);
create table sample_lease (
    id integer primary key, revision integer not null, created_at integer not null, updated_at integer not null,
    case_id integer not null references "case" (id) deferrable initially deferred, until integer not null
) strict;
create index sample_lease_case on sample_lease (case_id);
