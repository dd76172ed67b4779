-- When what opens an interface was last given to us, as its page tells.
alter table vendor_credential add column given_at timestamptz;
