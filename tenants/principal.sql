-- Who a bearer secret stands for: one look-up before any organisation is known.
-- It runs as kith_lookup, which reads just the tables named here. Whom a member knows, mentors
-- and looks after is resolved with it, because row rules compare columns with short lists.
CREATE OR REPLACE FUNCTION kith_principal(secret bytea) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    -- Taken first: what is committed while we look counts as a change since.
    seen pg_snapshot := pg_current_snapshot();
    t tokens%ROWTYPE;
    known uuid[];
    mentored uuid[];
    supervised uuid[];
    supervised_known uuid[];
    supervised_mentored uuid[];
BEGIN
    SELECT * INTO t FROM tokens
     WHERE secret_sha256 = secret AND revoked_at IS NULL AND expires_at > now();
    IF NOT FOUND THEN
        RETURN (SELECT jsonb_build_object('operator', o.id, 'expires', o.expires_at) FROM operator_tokens o
                 WHERE o.secret_sha256 = secret AND o.revoked_at IS NULL AND o.expires_at > now());
    END IF;
    IF t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute' THEN
        UPDATE tokens SET last_used_at = now() WHERE ctid = (
            SELECT ctid FROM tokens WHERE organisation_id = t.organisation_id AND id = t.id FOR UPDATE SKIP LOCKED);
    END IF;
    supervised := ARRAY(
        SELECT person_id FROM mentors
         WHERE organisation_id = t.organisation_id AND supervisor_id = t.person_id
        UNION
        SELECT person_id FROM mentors
         WHERE organisation_id = t.organisation_id AND person_id <> t.person_id AND supervisor_id IN (
               SELECT absent_person_id FROM coverage_delegations
                WHERE organisation_id = t.organisation_id AND cover_person_id = t.person_id
                  AND starts_at <= now() AND ends_at > now()));
    known := ARRAY(
        SELECT CASE WHEN mentor_person_id = t.person_id THEN mentee_person_id ELSE mentor_person_id END
          FROM matches
         WHERE organisation_id = t.organisation_id AND status <> 'CLOSED'
           AND (mentor_person_id = t.person_id OR mentee_person_id = t.person_id)
        UNION
        SELECT mentor_person_id FROM proposals
         WHERE organisation_id = t.organisation_id AND mentee_person_id = t.person_id
           AND mentee_asked_at IS NOT NULL AND status IN ('OFFERED_MENTEE', 'OFFERED_MENTOR')
        UNION
        SELECT mentee_person_id FROM proposals
         WHERE organisation_id = t.organisation_id AND mentor_person_id = t.person_id
           AND mentor_asked_at IS NOT NULL AND status IN ('OFFERED_MENTEE', 'OFFERED_MENTOR'));
    mentored := ARRAY(
        SELECT mentee_id FROM matches
         WHERE organisation_id = t.organisation_id AND mentor_person_id = t.person_id AND status <> 'CLOSED'
        UNION
        SELECT mentee_id FROM proposals
         WHERE organisation_id = t.organisation_id AND mentor_person_id = t.person_id
           AND mentor_asked_at IS NOT NULL AND status IN ('OFFERED_MENTEE', 'OFFERED_MENTOR'));
    SELECT array_agg(mentee_person_id), array_agg(mentee_id) INTO supervised_known, supervised_mentored
      FROM matches
     WHERE organisation_id = t.organisation_id AND status <> 'CLOSED' AND mentor_person_id = ANY (supervised);
    RETURN jsonb_build_object(
        'organisation', t.organisation_id,
        'status', (SELECT status FROM organisations WHERE id = t.organisation_id),
        'person', t.person_id,
        'token', t.id,
        'expires', t.expires_at,
        'permissions', to_jsonb(t.permissions),
        'circle', to_jsonb(known),
        'mentored', to_jsonb(mentored),
        'caseload', to_jsonb(supervised),
        'caseloadCircle', to_jsonb(coalesce(supervised_known, '{}')),
        'caseloadMentored', to_jsonb(coalesce(supervised_mentored, '{}')),
        'facilitated', to_jsonb(ARRAY(
            SELECT group_id FROM group_facilitators
             WHERE organisation_id = t.organisation_id AND person_id = t.person_id)),
        'joined', to_jsonb(ARRAY(
            SELECT group_id FROM group_memberships
             WHERE organisation_id = t.organisation_id AND person_id = t.person_id AND status = 'ACTIVE')),
        'handed', t.own_only,
        'snapshot', seen::text,
        'until', least(now() + interval '1 minute', t.expires_at, (
            SELECT min(at) FROM members m, LATERAL (VALUES (m.since), (m.until)) AS turn (at)
             WHERE m.organisation_id = t.organisation_id AND m.person_id = t.person_id AND at > now()), (
            SELECT min(at) FROM coverage_delegations c, LATERAL (VALUES (c.starts_at), (c.ends_at)) AS turn (at)
             WHERE c.organisation_id = t.organisation_id AND c.cover_person_id = t.person_id AND at > now())),
        'mentor', EXISTS (SELECT FROM mentors WHERE organisation_id = t.organisation_id AND person_id = t.person_id),
        'mentee', EXISTS (SELECT FROM mentees WHERE organisation_id = t.organisation_id AND person_id = t.person_id),
        'roles', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                       'role', m.role, 'name', r.name, 'permissions', to_jsonb(r.permissions),
                       'reach', m.reach, 'programme', m.programme_id) ORDER BY m.id)
              FROM members m
              LEFT JOIN roles r ON r.organisation_id = m.organisation_id AND r.id = m.custom_role_id
             WHERE m.organisation_id = t.organisation_id AND m.person_id = t.person_id
               AND m.since <= now() AND (m.until IS NULL OR m.until > now())), '[]'));
END $$;
ALTER FUNCTION kith_principal(bytea) OWNER TO kith_lookup;
REVOKE ALL ON FUNCTION kith_principal(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kith_principal(bytea) TO kith_login;
