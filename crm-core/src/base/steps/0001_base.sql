-- The first schema. Tables are the entities, singular; columns are their declared fields after the four that every
-- record has. Moments are milliseconds since 1970, days are ISO 8601 texts, money is minor units and a currency.
-- Every column that refers to another table is indexed, since removing a record looks for what refers to it.

-- What the library itself keeps: the generation moves on whenever tables or rights change.
create table crm_meta (
    id integer primary key check (id = 1),
    generation integer not null
) strict;
insert into crm_meta (id, generation) values (1, 1);

-- Change sets, in order and without gaps; the hash chains each to all before it.
create table change_set (
    id integer primary key,
    at integer not null,
    actor_id integer,
    label text,
    undoes integer,
    first_change integer not null,
    hash blob not null
) strict;

-- What a change set did: reverse differences as JSON; a bulk insert is one row for its range of ids.
create table change (
    id integer primary key,
    change_set_id integer not null,
    entity text not null,
    record_id integer not null,
    last_id integer not null,
    operation text not null,
    before text
) strict;
create index change_record on change (entity, record_id);
create index change_range on change (entity, record_id) where last_id > record_id;

-- Somebody who works with the CRM: owns customers and deals, holds activities.
create table user (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    email text,
    team_id integer references team(id) deferrable initially deferred,
    manager_id integer references user(id) deferrable initially deferred,
    time_zone text,
    active integer
) strict;

-- A team, department or regional office.
create table team (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    parent_id integer references team(id) deferrable initially deferred
) strict;

-- A line of business, which rights can be limited to.
create table line (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null
) strict;

-- A role, a bundle of rights. A user may have several: the widest right counts.
create table role (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    admin integer
) strict;

-- What a role may read and write of one entity.
create table permission (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    role_id integer not null references role(id) deferrable initially deferred,
    target text not null,
    reading text not null,
    writing text not null
) strict;

-- A field that a role does not see. A field is hidden when every role of the user hides it.
create table hidden_field (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    role_id integer not null references role(id) deferrable initially deferred,
    target text not null,
    field text not null
) strict;

-- A role that a user has.
create table user_role (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    user_id integer not null references user(id) deferrable initially deferred,
    role_id integer not null references role(id) deferrable initially deferred
) strict;

-- A line of business that a user works for.
create table user_line (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    user_id integer not null references user(id) deferrable initially deferred,
    line_id integer not null references line(id) deferrable initially deferred
) strict;

-- A setting of the file: `base_currency` (EUR when not set) and `phone_region` (ISO 3166, for numbers written without a country).
create table setting (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    value text not null
) strict;

-- A pick-list. An open one suggests; a closed one refuses words it does not hold.
create table dictionary (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    description text,
    closed integer
) strict;

-- One word of a dictionary.
create table dictionary_item (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    dictionary_id integer not null references dictionary(id) deferrable initially deferred,
    name text not null,
    position integer
) strict;

-- A user-defined field of an entity: a column like any other in filters, lists, imports and SQL. With an expression it is computed when read: a formula over the record's fields (`major(value, value_currency) * 0.19`), or a roll-up over records that refer to it (`(select count(*) from deal where organization_id = organization.id)`).
create table custom_field (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    target text not null,
    name text not null,
    description text,
    kind text not null,
    of text,
    max_length integer,
    indexed integer,
    expression text
) strict;

-- The key of a record in another system. A system's key names one record of an entity.
create table external_ref (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    entity text not null,
    record_id integer not null,
    system text not null,
    key text not null
) strict;

-- Another spelling or name of a record, by which imports find it.
create table alias (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    entity text not null,
    record_id integer not null,
    name text not null,
    folded text
) strict;

-- A free note on any record.
create table note (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    entity text not null,
    record_id integer not null,
    text text not null,
    author_id integer references user(id) deferrable initially deferred
) strict;

-- What one unit of a currency is worth in the base currency from a day on.
create table exchange_rate (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    currency text not null,
    day text not null,
    rate text not null
) strict;

create unique index user_email on user (email) where email is not null;
create unique index team_name on team (name);
create unique index line_name on line (name);
create unique index role_name on role (name);
create unique index permission_target on permission (role_id, target);
create unique index hidden_field_field on hidden_field (role_id, target, field);
create unique index user_role_pair on user_role (user_id, role_id);
create unique index user_line_pair on user_line (user_id, line_id);
create unique index setting_name on setting (name);
create unique index dictionary_name on dictionary (name);
create unique index dictionary_item_name on dictionary_item (dictionary_id, name);
create unique index custom_field_name on custom_field (target, name);
create unique index external_ref_key on external_ref (system, key, entity);
create unique index external_ref_record on external_ref (entity, record_id, system);
create unique index alias_folded on alias (entity, folded);
create unique index exchange_rate_day on exchange_rate (currency, day);
create index alias_record on alias (entity, record_id);
create index note_record on note (entity, record_id);
create index user_name on user (name);
create index user_team_id on user (team_id) where team_id is not null;
create index user_manager_id on user (manager_id) where manager_id is not null;
create index team_parent_id on team (parent_id) where parent_id is not null;
create index user_role_role_id on user_role (role_id);
create index user_line_line_id on user_line (line_id);
create index note_author_id on note (author_id) where author_id is not null;
