-- The board reads the open cases and those of the last week with every change: of
-- thousands that went live long ago it need not look at one.
create index onboarding_case_live_idx on onboarding_case (live_at);
