-- Which of these organisations have something new since a transaction, and the horizon: everything below it is
-- committed, or undone for good. It runs as kith_lookup and tells of a fact only whose it is; one probe of an index
-- for each organisation.
CREATE OR REPLACE FUNCTION kith_news(since xid8, followed uuid[], OUT horizon xid8, OUT organisations uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pg_snapshot_xmin(pg_current_snapshot()),
           ARRAY(SELECT f.id FROM unnest(followed) AS f (id) CROSS JOIN LATERAL (
                     SELECT FROM facts
                      WHERE organisation_id = f.id
                        AND transaction >= since AND transaction < pg_snapshot_xmin(pg_current_snapshot())
                      LIMIT 1) AS first)
$$;
ALTER FUNCTION kith_news(xid8, uuid[]) OWNER TO kith_lookup;
REVOKE ALL ON FUNCTION kith_news(xid8, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kith_news(xid8, uuid[]) TO kith_login;
