-- What is known of a person besides readings. $1: who.
select jsonb_build_object(
    'account', (
        select jsonb_build_object(
            'email', email, 'name', name, 'role', role, 'created_at', created_at,
            'last_seen_at', last_seen_at)
        from app_user where id = $1),
    'sites', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'code', s.code, 'name', s.name, 'address', s.address, 'latitude', s.latitude,
            'longitude', s.longitude, 'time_zone', s.time_zone, 'capacity_wp', s.capacity_wp,
            'tilt_deg', s.tilt_deg, 'azimuth_deg', s.azimuth_deg, 'brand', s.brand,
            'commissioned_on', s.commissioned_on, 'price_per_kwh', s.price_per_kwh,
            'currency', s.currency, 'you_are', p.role, 'since', p.since,
            'devices', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'kind', d.kind, 'serial', d.serial, 'model', d.model) order by d.serial), '[]')
                from device d where d.site_id = s.id),
            'stated_worth', (
                select to_jsonb(w) - 'site_id' from site_worth w where w.site_id = s.id))
            order by s.code), '[]')
        from site_person p join site s on s.id = p.site_id
        where p.user_id = $1),
    'letters_not_wanted', (
        select coalesce(jsonb_agg(kind order by kind), '[]')
        from notice_unwanted where user_id = $1),
    'letters_written', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'kind', n.kind, 'occasion', n.occasion, 'site', s.code, 'at', n.at) order by n.at), '[]')
        from notice_written n join site s on s.id = n.site_id
        where n.user_id = $1),
    'open_sessions', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'since', created_at, 'last_seen_at', last_seen_at, 'until', expires_at)
            order by created_at), '[]')
        from session where user_id = $1),
    -- What they did. What others did to them names those others, and stays out.
    'what_you_did', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'at', at, 'what', action, 'subject', subject) order by id), '[]')
        from audit_entry where initiator_kind = 'user' and initiator_id = $1)
) as "account!"
