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

-- A field that a role does not see (P2). A field is hidden when every role of the user hides it.
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

-- A free note on any record (D11).
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

-- A company, authority or other body one does business with, or might.
create table organization (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    legal_name text,
    kind text,
    industry text,
    category text,
    employees integer,
    annual_revenue integer,
    annual_revenue_currency text,
    founded integer,
    parent_id integer references organization(id) deferrable initially deferred,
    owner_id integer references user(id) deferrable initially deferred,
    line_id integer references line(id) deferrable initially deferred,
    source text,
    country text,
    tax_number text,
    registration_number text,
    payment_days integer,
    payment_terms text,
    credit_limit integer,
    credit_limit_currency text,
    delivery_terms text,
    minimum_order integer,
    minimum_order_currency text,
    logistic_limits text,
    description text
) strict;

-- A person one deals with. Where and as what the person works is said by affiliations.
create table person (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    first_name text,
    last_name text,
    title text,
    birthday text,
    language text,
    owner_id integer references user(id) deferrable initially deferred,
    line_id integer references line(id) deferrable initially deferred,
    source text,
    description text
) strict;

-- That a person works for an organization, as what and when (D3).
create table affiliation (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    person_id integer not null references person(id) deferrable initially deferred,
    organization_id integer not null references organization(id) deferrable initially deferred,
    role text,
    department text,
    since text,
    until text,
    active integer
) strict;

-- A way to reach an organization or a person.
create table contact_point (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    organization_id integer references organization(id) deferrable initially deferred,
    person_id integer references person(id) deferrable initially deferred,
    kind text not null,
    label text,
    value text not null,
    normal text,
    is_primary integer
) strict;

-- A postal address of an organization or a person (D4).
create table address (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    organization_id integer references organization(id) deferrable initially deferred,
    person_id integer references person(id) deferrable initially deferred,
    label text,
    street text,
    city text,
    postal_code text,
    region text,
    country text,
    is_primary integer
) strict;

-- A bank account of an organization (D8).
create table bank_account (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    organization_id integer not null references organization(id) deferrable initially deferred,
    bank text,
    number text not null,
    bic text,
    currency text,
    is_primary integer
) strict;

-- That an organization or person is unwanted: who decided so, when, why, and whether new deals are blocked or only warned of.
create table unwanted (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    organization_id integer references organization(id) deferrable initially deferred,
    person_id integer references person(id) deferrable initially deferred,
    reason text not null,
    decided_by_id integer references user(id) deferrable initially deferred,
    decided_on text,
    blocks integer,
    until text
) strict;

-- A list of organizations or of people. `in_list('Name')` stands for it in any filter, so lists combine with `and`, `or` and `not`.
create table list (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    entity text not null,
    kind text not null,
    filter text,
    owner_id integer references user(id) deferrable initially deferred,
    description text
) strict;

-- That a record is in a list by hand, or excluded from it.
create table list_member (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    list_id integer not null references list(id) deferrable initially deferred,
    organization_id integer references organization(id) deferrable initially deferred,
    person_id integer references person(id) deferrable initially deferred,
    excluded integer
) strict;

-- A contact or task: call, e-mail, meeting, presentation, letter, visit, business trip, brochure, offer, note, web visit, and kinds of one's own.
create table activity (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    kind text not null,
    subject text not null,
    status text not null,
    direction text,
    starts_at integer,
    ends_at integer,
    due_at integer,
    done_at integer,
    organization_id integer references organization(id) deferrable initially deferred,
    person_id integer references person(id) deferrable initially deferred,
    deal_id integer references deal(id) deferrable initially deferred,
    previous_id integer references activity(id) deferrable initially deferred,
    owner_id integer references user(id) deferrable initially deferred,
    line_id integer references line(id) deferrable initially deferred,
    outcome text,
    result text,
    description text
) strict;

-- That somebody takes part in an activity (A2): a person from outside or a user.
create table participant (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    activity_id integer not null references activity(id) deferrable initially deferred,
    person_id integer references person(id) deferrable initially deferred,
    user_id integer references user(id) deferrable initially deferred,
    role text,
    attended integer
) strict;

-- Something that is sold.
create table product (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    code text,
    category text,
    unit text,
    active integer,
    description text
) strict;

-- A list of prices, valid for a time.
create table price_list (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    currency text not null,
    valid_from text,
    valid_until text,
    is_standard integer
) strict;

-- The price of a product in a price list.
create table price (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    price_list_id integer not null references price_list(id) deferrable initially deferred,
    product_id integer not null references product(id) deferrable initially deferred,
    amount integer not null,
    amount_currency text not null
) strict;

-- What one unit of a currency is worth in the base currency from a day on (B11).
create table exchange_rate (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    currency text not null,
    day text not null,
    rate text not null
) strict;

-- A way of selling, with stages of its own; several stand side by side (S4).
create table process (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    description text,
    active integer
) strict;

-- A stage of a process.
create table stage (
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

-- A sale one hopes to make: opportunity, tender, project.
create table deal (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    name text not null,
    organization_id integer references organization(id) deferrable initially deferred,
    person_id integer references person(id) deferrable initially deferred,
    process_id integer not null references process(id) deferrable initially deferred,
    stage_id integer not null references stage(id) deferrable initially deferred,
    status text not null,
    kind text,
    product_id integer references product(id) deferrable initially deferred,
    value integer,
    value_currency text,
    probability integer,
    opened_on text,
    closes_on text,
    closed_on text,
    source text,
    lost_reason text,
    lesson text,
    owner_id integer references user(id) deferrable initially deferred,
    line_id integer references line(id) deferrable initially deferred,
    closed_value integer,
    description text
) strict;

-- That a deal was in a stage, from when to when (S15). Kept by the library.
create table stage_move (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    deal_id integer not null references deal(id) deferrable initially deferred,
    stage_id integer not null references stage(id) deferrable initially deferred,
    entered_at integer not null,
    left_at integer,
    moved_by_id integer references user(id) deferrable initially deferred
) strict;

-- A person who matters for a deal, and how (D26).
create table deal_contact (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    deal_id integer not null references deal(id) deferrable initially deferred,
    person_id integer not null references person(id) deferrable initially deferred,
    role text,
    description text
) strict;

-- A key date of a deal (S8).
create table milestone (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    deal_id integer not null references deal(id) deferrable initially deferred,
    name text not null,
    planned_on text,
    reached_on text
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
create unique index list_name on list (name);
create unique index list_member_organization on list_member (list_id, organization_id) where organization_id is not null;
create unique index list_member_person on list_member (list_id, person_id) where person_id is not null;
create unique index product_code on product (code) where code is not null;
create unique index price_list_name on price_list (name);
create unique index price_product on price (price_list_id, product_id);
create unique index exchange_rate_day on exchange_rate (currency, day);
create unique index process_name on process (name);
create unique index stage_name on stage (process_id, name);
create unique index deal_contact_person on deal_contact (deal_id, person_id);

create index alias_record on alias (entity, record_id);
create index note_record on note (entity, record_id);
create index organization_name on organization (name);
create index person_name on person (name);
create index product_name on product (name);
create index user_name on user (name);
create index contact_point_normal on contact_point (normal) where normal is not null;
-- The last nine digits, for numbers noted without their country.
create index contact_point_tail on contact_point (substr(normal, -9)) where kind = 'phone';
create index activity_organization on activity (organization_id, starts_at);
create index activity_person on activity (person_id, starts_at) where person_id is not null;
create index activity_deal on activity (deal_id, starts_at) where deal_id is not null;
create index activity_previous on activity (previous_id) where previous_id is not null;
create index activity_owner on activity (owner_id, kind, status);
create index activity_due on activity (due_at) where status = 'planned';
create index activity_owner_due on activity (owner_id, due_at) where status = 'planned';
create index activity_organization_due on activity (organization_id, due_at) where status = 'planned';
create index activity_line on activity (line_id) where line_id is not null;
create index deal_stage on deal (stage_id, status);
create index deal_owner on deal (owner_id, status);
create index deal_closed on deal (closed_on) where closed_on is not null;
create index stage_move_deal on stage_move (deal_id, left_at);
create index participant_activity on participant (activity_id);
create index list_member_list on list_member (list_id);

create index user_team_id on user (team_id) where team_id is not null;
create index user_manager_id on user (manager_id) where manager_id is not null;
create index team_parent_id on team (parent_id) where parent_id is not null;
create index user_role_role_id on user_role (role_id);
create index user_line_line_id on user_line (line_id);
create index note_author_id on note (author_id) where author_id is not null;
create index organization_parent_id on organization (parent_id) where parent_id is not null;
create index organization_owner_id on organization (owner_id) where owner_id is not null;
create index organization_line_id on organization (line_id) where line_id is not null;
create index person_owner_id on person (owner_id) where owner_id is not null;
create index person_line_id on person (line_id) where line_id is not null;
create index affiliation_person_id on affiliation (person_id);
create index affiliation_organization_id on affiliation (organization_id);
create index contact_point_organization_id on contact_point (organization_id) where organization_id is not null;
create index contact_point_person_id on contact_point (person_id) where person_id is not null;
create index address_organization_id on address (organization_id) where organization_id is not null;
create index address_person_id on address (person_id) where person_id is not null;
create index bank_account_organization_id on bank_account (organization_id);
create index unwanted_organization_id on unwanted (organization_id) where organization_id is not null;
create index unwanted_person_id on unwanted (person_id) where person_id is not null;
create index unwanted_decided_by_id on unwanted (decided_by_id) where decided_by_id is not null;
create index list_owner_id on list (owner_id) where owner_id is not null;
create index list_member_organization_id on list_member (organization_id) where organization_id is not null;
create index list_member_person_id on list_member (person_id) where person_id is not null;
create index participant_person_id on participant (person_id) where person_id is not null;
create index participant_user_id on participant (user_id) where user_id is not null;
create index price_product_id on price (product_id);
create index deal_organization_id on deal (organization_id) where organization_id is not null;
create index deal_person_id on deal (person_id) where person_id is not null;
create index deal_process_id on deal (process_id);
create index deal_product_id on deal (product_id) where product_id is not null;
create index deal_line_id on deal (line_id) where line_id is not null;
create index stage_move_stage_id on stage_move (stage_id);
create index stage_move_moved_by_id on stage_move (moved_by_id) where moved_by_id is not null;
create index deal_contact_person_id on deal_contact (person_id);
create index milestone_deal_id on milestone (deal_id);
