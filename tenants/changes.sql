-- Writes down, for whoever keeps actors, that an organisation's transaction changed who may do or see what.
-- It runs as kith_lookup. One row a transaction; rows older than any actor is kept go, whoever comes by.
CREATE OR REPLACE FUNCTION kith_note_standing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    whose uuid;
BEGIN
    IF TG_TABLE_NAME = 'organisations' THEN
        whose := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        whose := OLD.organisation_id;
    ELSE
        whose := NEW.organisation_id;
    END IF;
    INSERT INTO standing_changes (organisation_id) VALUES (whose) ON CONFLICT DO NOTHING;
    DELETE FROM standing_changes WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM standing_changes
         WHERE organisation_id = whose AND changed_at < now() - interval '1 hour'
         LIMIT 20 FOR UPDATE SKIP LOCKED));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION kith_note_standing() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kith_note_standing() TO kith_owner;
