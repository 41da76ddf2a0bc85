-- The end of the log: the last change set, its last entry, its moment and its hash, and the hash of the one before; and who the file is, which no copy has.
alter table crm_meta add column identity blob;
alter table crm_meta add column head_set integer;
alter table crm_meta add column head_change integer;
alter table crm_meta add column head_at integer;
alter table crm_meta add column head_hash blob;
alter table crm_meta add column head_former blob;
