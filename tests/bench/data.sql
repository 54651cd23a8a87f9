-- Organisations as they look after some years, made by PostgreSQL itself. `shape` holds one row: how many of each,
-- and `now`, the moment at which the data stands. An identifier carries the time at which its row would have been
-- written, and meetings are written in that order, so that a match's meetings lie apart as they do in life.

CREATE TEMP TABLE made_organisation ON COMMIT DROP AS
SELECT o, uuidv7() AS id, slug || '-' || o AS slug
  FROM shape, generate_series(1, organisations) o;

INSERT INTO organisations (id, slug, name, time_zone, status, provisioned_at)
SELECT id, m.slug, 'Organisation ' || m.slug, 'Europe/London', 'ACTIVE', now - interval '3 years'
  FROM made_organisation m, shape;

CREATE TEMP TABLE made_programme ON COMMIT DROP AS
SELECT o, p, m.id AS organisation_id, uuidv7() AS id
  FROM shape, made_organisation m, generate_series(1, programmes) p;

INSERT INTO programmes
       (organisation_id, id, name, name_lower, purpose, asks_first, offer_hours, reminder_hours, opened_at, version)
SELECT organisation_id, id, 'Programme ' || p, 'programme ' || p, 'People who have been there walk beside others.',
       'MENTEE', 72, 24, now - interval '3 years', 1
  FROM made_programme, shape;

-- Everybody: staff of the whole organisation have no home programme. The n-th of a kind belongs to the programme
-- n modulo the number of programmes, which is how a match's two people come to share one.
CREATE TEMP TABLE made_person ON COMMIT DROP AS
WITH kind (kind, many, of_programme) AS (
    SELECT k.* FROM shape, LATERAL (VALUES
        ('ADMIN', 1, false), ('SUPERVISOR', supervisors, false), ('COORDINATOR', programmes, true),
        ('MENTOR', mentors, true), ('MENTEE', mentees, true)) k
), words AS (
    SELECT '{Aoife,Bela,Chidi,Dilys,Emrys,Farah,Gethin,Hana,Idris,Jun,Kemi,Lowri,Mina,Nuala,Osian,Priya,Quinn,Rhian,'
           'Seren,Tariq,Una,Viktor,Wren,Xanthe,Yusuf,Zofia}'::text[] AS first,
           '{Adeyemi,Bevan,Costa,Doyle,Evans,Fofana,Greene,Hassan,Ito,Jansen,Kaur,Lloyd,Moreau,Novak,Okafor,Price,'
           'Quirke,Rossi,Singh,Tan,Underhill,Vaughan,Walsh,Yilmaz,Zhang}'::text[] AS last
)
SELECT x.o, kind, n, m.id AS organisation_id, p.id AS programme_id, joined_at, uuidv7(joined_at - now()) AS id,
       first[(n * 7 + x.o) % 26 + 1] || ' ' || last[(n / 26 + n * 3) % 25 + 1] AS name
  FROM words,
       (SELECT o, k.*, n, n % programmes + 1 AS p, now - make_interval(days => 400 + (n * 37 + o) % 500) AS joined_at
          FROM shape, generate_series(1, organisations) o, kind k, generate_series(1, k.many) n) x
  JOIN made_organisation m ON m.o = x.o
  LEFT JOIN made_programme p ON of_programme AND p.o = x.o AND p.p = x.p;
CREATE INDEX ON made_person (o, kind, n);

INSERT INTO people
       (organisation_id, id, programme_id, name, name_order, pronouns, time_zone, joined_at, version)
SELECT organisation_id, id, programme_id, name, lower(name), (ARRAY['she/her', 'he/him', 'they/them', ''])[n % 4 + 1],
       'Europe/London', joined_at, 1
  FROM made_person ORDER BY joined_at;

INSERT INTO members (organisation_id, person_id, role, reach, programme_id, since)
SELECT organisation_id, id, kind,
       CASE kind WHEN 'ADMIN' THEN 'ORGANISATION' WHEN 'SUPERVISOR' THEN 'CASELOAD' ELSE 'PROGRAMME' END,
       programme_id, joined_at
  FROM made_person WHERE kind IN ('ADMIN', 'SUPERVISOR', 'COORDINATOR');

-- The first of each kind has a token, whose secret anybody can write down: see `secret_of`.
INSERT INTO tokens
       (organisation_id, person_id, programme_id, name, secret_sha256, hint, own_only, issued_at, expires_at)
SELECT p.organisation_id, p.id, p.programme_id, 'Benchmarks',
       sha256(convert_to('kith_bench_' || m.slug || '_' || lower(p.kind), 'UTF8')), 'kith_bench', false,
       p.joined_at, now() + interval '20 years'
  FROM made_person p JOIN made_organisation m USING (o) WHERE p.n = 1;

CREATE TEMP TABLE made_mentor ON COMMIT DROP AS
SELECT *, uuidv7(joined_at - now()) AS mentor_id FROM made_person WHERE kind = 'MENTOR';

INSERT INTO mentors
       (organisation_id, id, programme_id, person_id, supervisor_id, name, status, about, helps_with,
        cannot_help_with, capacity, trained_on, registered_at, languages, formats, availability, pathway, life_stage,
        interests)
SELECT m.organisation_id, m.mentor_id, m.programme_id, m.id, s.id, m.name,
       CASE m.n % 20 WHEN 0 THEN 'ON_LEAVE' ELSE 'READY' END,
       'I have been where you are, and I am still learning.',
       ARRAY['HOUSING', (ARRAY['FAMILY', 'EMPLOYMENT', 'HEALTH'])[m.n % 3 + 1]], '{}', 6, m.joined_at::date,
       m.joined_at, ARRAY['en', (ARRAY['cy', 'fr', 'ur'])[m.n % 3 + 1]], '{IN_PERSON,PHONE}',
       '[{"weekday": "TUESDAY", "starts": "18:00", "ends": "21:00"}]',
       (ARRAY['SMART', 'TWELVE_STEP', NULL])[m.n % 3 + 1], 'WORKING_AGE', '{walking,music}'
  FROM shape, made_mentor m
  JOIN made_person s ON s.o = m.o AND s.kind = 'SUPERVISOR' AND s.n = m.n % (SELECT supervisors FROM shape) + 1
 ORDER BY m.joined_at;

CREATE TEMP TABLE made_match ON COMMIT DROP AS
SELECT x.*, e.joined_at AS registered_at, uuidv7(e.joined_at - now()) AS mentee_id, e.id AS mentee_person_id,
       e.name AS mentee_name, r.mentor_id, r.id AS mentor_person_id, uuidv7(began_at - now()) AS id
  FROM (SELECT m.o, n, m.id AS organisation_id, s.now, s.meetings, state = 'CLOSED' AS closed, state AS status,
               CASE WHEN state = 'CLOSED' THEN date_trunc('day', s.now) - make_interval(days => 320 + n * 7 % 600)
                    ELSE date_trunc('day', s.now) - make_interval(days => 125 + n * 11 % 200) END
                 + make_interval(hours => 9 + n % 9, mins => n * 13 % 60) AS began_at,
               (n - 1) % s.mentors + 1 AS mentor
          FROM shape s, made_organisation m, generate_series(1, s.matches) n,
               LATERAL (SELECT CASE WHEN turn < 6 THEN 'ACTIVE' WHEN turn < 7 THEN 'PAUSED' ELSE 'CLOSED' END AS state
                          FROM (SELECT (n * 3 + n / s.mentors * 7 + m.o) % 10 AS turn) turns) states) x
  JOIN made_person e ON e.o = x.o AND e.kind = 'MENTEE' AND e.n = x.n
  JOIN made_mentor r ON r.o = x.o AND r.n = x.mentor;
ALTER TABLE made_match ADD COLUMN programme_id uuid;
UPDATE made_match SET programme_id = p.programme_id
  FROM made_person p WHERE p.id = mentee_person_id;

INSERT INTO mentees
       (organisation_id, id, programme_id, person_id, name, status, urgent, waiting_since, registered_at, languages,
        formats, availability, pathway, life_stage, interests)
SELECT e.organisation_id, coalesce(x.mentee_id, uuidv7(e.joined_at - now())), e.programme_id, e.id, e.name,
       CASE WHEN x.id IS NULL THEN 'WAITING' WHEN x.closed THEN 'CLOSED' ELSE 'ACTIVE' END, e.n % 15 = 0,
       e.joined_at, e.joined_at, '{en}', ARRAY[(ARRAY['IN_PERSON', 'PHONE', 'VIRTUAL'])[e.n % 3 + 1]],
       '[{"weekday": "TUESDAY", "starts": "19:00", "ends": "22:00"}]',
       (ARRAY['SMART', NULL, 'FAITH'])[e.n % 3 + 1], 'WORKING_AGE', '{walking}'
  FROM made_person e LEFT JOIN made_match x ON x.o = e.o AND x.n = e.n
 WHERE e.kind = 'MENTEE' ORDER BY e.joined_at;

INSERT INTO matches
       (organisation_id, id, mentor_id, mentee_id, status, began_at, closed_at, closing_reason, programme_id,
        mentor_person_id, mentee_person_id)
SELECT organisation_id, id, mentor_id, mentee_id, status, began_at, CASE WHEN closed THEN began_at + interval '150 days' END,
       CASE WHEN closed THEN 'GOALS_MET' END, programme_id, mentor_person_id, mentee_person_id
  FROM made_match ORDER BY began_at;

-- Weekly meetings. Three of a match that goes on are still to come.
CREATE TEMP TABLE made_meeting ON COMMIT DROP AS
SELECT x.organisation_id, x.id AS match_id, x.programme_id, x.mentor_person_id, x.mentee_person_id, x.n, k, starts_at,
       (ARRAY[30, 45, 60, 60, 90])[(x.n + k) % 5 + 1] AS minutes,
       (ARRAY['IN_PERSON', 'PHONE', 'VIRTUAL'])[(x.n * 5 + k * k) % 3 + 1] AS format,
       CASE WHEN starts_at > x.now THEN 'ARRANGED'
            WHEN (x.n * 20 + k * 7) % 100 < 85 THEN 'HELD'
            WHEN (x.n * 20 + k * 7) % 100 < 93 THEN 'MISSED' ELSE 'CANCELLED' END AS status,
       uuidv7(starts_at - interval '14 days' - now()) AS id
  FROM made_match x, generate_series(1, x.meetings) k,
       LATERAL (SELECT CASE WHEN closed THEN began_at + make_interval(days => k * 7)
                            ELSE date_trunc('day', now) + make_interval(
                                days => (k - x.meetings + 3) * 7 - x.n % 7, hours => 9 + x.n % 10, mins => x.n % 4 * 15)
                       END AS starts_at) t;

INSERT INTO meetings
       (organisation_id, id, match_id, starts_at, ends_at, minutes, format, place, status, version, programme_id,
        mentor_person_id, mentee_person_id)
SELECT organisation_id, id, match_id, starts_at, starts_at + make_interval(mins => minutes), minutes, format,
       CASE format WHEN 'IN_PERSON' THEN 'The community centre, room ' || n % 9 + 1 ELSE '' END, status, 1,
       programme_id, mentor_person_id, mentee_person_id
  FROM made_meeting ORDER BY starts_at;

INSERT INTO goals
       (organisation_id, match_id, title, why, domain, status, set_at, agreed_at, programme_id, mentor_person_id,
        mentee_person_id, id)
SELECT organisation_id, x.id,
       (ARRAY['A place of my own', 'Work I can keep', 'Evenings with my children', 'Walk twice a week'])[k],
       'It would let me breathe.', (ARRAY['HOUSING', 'EMPLOYMENT', 'FAMILY', 'HEALTH'])[k], state, set_at,
       CASE WHEN state <> 'PROPOSED' THEN set_at + interval '3 hours' END, programme_id, mentor_person_id,
       mentee_person_id, uuidv7(set_at - now())
  FROM made_match x, generate_series(1, 4) k,
       LATERAL (SELECT CASE WHEN k = 1 AND (closed OR n % 2 = 0) THEN 'ACHIEVED'
                            WHEN k > 2 AND n % 2 = 1 THEN 'PROPOSED' ELSE 'AGREED' END AS state,
                       began_at + make_interval(days => k * 11) AS set_at) t
 WHERE k < 4 OR n % 3 = 0 ORDER BY set_at;

INSERT INTO feedback
       (organisation_id, meeting_id, programme_id, mentor_person_id, mentee_person_id, person_id, felt_heard,
        talked_about_what_matters, helpful, right_pace, remark, given_at)
SELECT organisation_id, id, programme_id, mentor_person_id, mentee_person_id, mentee_person_id, 3 + k % 3, 2 + n % 4, 3 + n % 3, 4, '',
       starts_at + interval '3 hours'
  FROM made_meeting WHERE status = 'HELD'
 ORDER BY (n * 31 + k * 17) % 97, id LIMIT (SELECT count(*) / 3 FROM made_meeting);
