-- Why a customer was lost, as of deals.
alter table organization add column lost_reason text;
