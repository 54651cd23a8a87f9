-- Points out of the buckets of a client and of its organisation: out of both, or out of neither.
-- It runs as kith_lookup, so that no organisation reaches its own budget. Of the operations whose costs are given
-- it lets through, in their order, those that fit; and when it lets any through, it grants at least a twentieth of
-- what the client may hold, so that the next ones need not ask. What is left of the last grant is handed back first.
CREATE OR REPLACE FUNCTION kith_lease(
    organisation uuid, client uuid, unspent bigint, costs bigint[], most bigint, rate bigint, clients bigint
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    pool budgets%ROWTYPE;
    own budgets%ROWTYPE;
    moment timestamptz;
    available bigint;
    granted bigint := 0;
    cost bigint;
BEGIN
    -- Before anything is locked, and the organisation's first: two that begin at once wait, and never for each other.
    IF NOT EXISTS (SELECT FROM budgets WHERE organisation_id = organisation AND client_id = client) THEN
        INSERT INTO budgets (organisation_id, client_id, level, refilled_at)
        VALUES (organisation, nobody, most * clients, clock_timestamp()), (organisation, client, most, clock_timestamp())
        ON CONFLICT DO NOTHING;
    END IF;
    SELECT * INTO STRICT pool FROM budgets WHERE organisation_id = organisation AND client_id = nobody FOR UPDATE;
    SELECT * INTO STRICT own FROM budgets WHERE organisation_id = organisation AND client_id = client FOR UPDATE;
    pool.capacity := coalesce(pool.capacity, most * clients);
    pool.restore_rate := coalesce(pool.restore_rate, rate * clients);
    own.capacity := coalesce(own.capacity, most);
    own.restore_rate := coalesce(own.restore_rate, rate);
    moment := clock_timestamp(); -- once both are locked: now() may be before somebody else's refill
    pool.level := least(pool.capacity, pool.level + unspent
        + pool.restore_rate * greatest(0, extract(epoch FROM moment - pool.refilled_at)));
    own.level := least(own.capacity, own.level + unspent
        + own.restore_rate * greatest(0, extract(epoch FROM moment - own.refilled_at)));
    available := floor(least(pool.level, own.level));
    FOREACH cost IN ARRAY costs LOOP
        IF granted + cost <= available THEN
            granted := granted + cost;
        END IF;
    END LOOP;
    IF granted > 0 THEN
        granted := greatest(granted, least(available, own.capacity / 20));
    END IF;
    IF granted > 0 OR unspent > 0 THEN
        UPDATE budgets SET level = pool.level - granted, refilled_at = moment
         WHERE organisation_id = organisation AND client_id = nobody;
        UPDATE budgets SET level = own.level - granted, refilled_at = moment
         WHERE organisation_id = organisation AND client_id = client;
    END IF;
    RETURN jsonb_build_object(
        'granted', granted,
        'buckets', jsonb_build_array(
            jsonb_build_array(floor(own.level)::bigint - granted, own.capacity, own.restore_rate),
            jsonb_build_array(floor(pool.level)::bigint - granted, pool.capacity, pool.restore_rate)));
END $$;
ALTER FUNCTION kith_lease(uuid, uuid, bigint, bigint[], bigint, bigint, bigint) OWNER TO kith_lookup;
REVOKE ALL ON FUNCTION kith_lease(uuid, uuid, bigint, bigint[], bigint, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kith_lease(uuid, uuid, bigint, bigint[], bigint, bigint, bigint) TO kith_login;
