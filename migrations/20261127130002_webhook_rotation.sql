-- A new secret signs beside the old one for a while, so that a receiver can
-- change over without losing a message. A receiver that wants nothing any more
-- is told nothing until somebody switches it on again.
alter table webhook
    add column old_secret_sealed bytea,
    add column old_secret_until timestamptz,
    add column gone_at timestamptz,
    add constraint webhook_old_secret_check
        check ((old_secret_sealed is null) = (old_secret_until is null)),
    add constraint webhook_gone_check check (gone_at is null or not enabled);
