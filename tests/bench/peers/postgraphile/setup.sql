-- What PostGraphile is given for the aggregate: a plain SQL function, which PostgreSQL runs under the caller's row
-- security as one statement. Its plugin for aggregates groups by hour or by day, not by month.
CREATE SCHEMA IF NOT EXISTS bench_peer;
CREATE OR REPLACE FUNCTION bench_peer.meetings_by_month()
RETURNS TABLE (month date, format text, meetings integer, minutes integer)
LANGUAGE sql STABLE AS $$
    SELECT date_trunc('month', starts_at AT TIME ZONE 'UTC')::date, format, count(*)::integer, sum(minutes)::integer
      FROM public.meetings GROUP BY 1, 2 ORDER BY 1, 2
$$;
GRANT USAGE ON SCHEMA bench_peer TO kith_tenant;
GRANT EXECUTE ON FUNCTION bench_peer.meetings_by_month() TO kith_tenant;
