-- One word for one thing: what a definition is about is its entity.
alter table permission rename column target to entity;
alter table hidden_field rename column target to entity;
alter table custom_field rename column target to entity;
