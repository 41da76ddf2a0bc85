-- What words mean, and what they were called before.
alter table dictionary_item add column meaning text;
alter table dictionary_item add column key text;
alter table dictionary_item add column former text;
create unique index dictionary_item_key on dictionary_item (dictionary_id, key) where key is not null;
