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

-- That a deal was in a stage, from when to when. Kept by the library.
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

-- A person who matters for a deal, and how.
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

-- A key date of a deal.
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

create unique index product_code on product (code) where code is not null;
create unique index price_list_name on price_list (name);
create unique index price_product on price (price_list_id, product_id);
create unique index deal_contact_person on deal_contact (deal_id, person_id);
create index product_name on product (name);
create index deal_stage on deal (stage_id, status);
create index deal_owner on deal (owner_id, status);
create index deal_closed on deal (closed_on) where closed_on is not null;
create index stage_move_deal on stage_move (deal_id, left_at);
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
