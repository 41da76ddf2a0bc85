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

-- That a person works for an organization, as what and when.
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

-- A postal address of an organization or a person.
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

-- A bank account of an organization.
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

create unique index list_name on list (name);
create unique index list_member_organization on list_member (list_id, organization_id) where organization_id is not null;
create unique index list_member_person on list_member (list_id, person_id) where person_id is not null;
create index organization_name on organization (name);
create index person_name on person (name);
create index contact_point_normal on contact_point (normal) where normal is not null;
-- The last nine digits, for numbers noted without their country.
create index contact_point_tail on contact_point (substr(normal, -9)) where kind = 'phone';
create index list_member_list on list_member (list_id);
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
