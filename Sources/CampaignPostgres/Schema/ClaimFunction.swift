#if PostgreSQL
  extension Schema {
    /// The claim, in one round trip.
    ///
    /// It locks the row of the account, that of the campaign with its lease, those of the rates and then that of the
    /// system, and nothing else that another account's claim needs. Leads are taken in chunks; each chunk is checked as
    /// a whole, in order, as if one had been taken after the other. It gives a row for each lead that was examined, and
    /// a last one that says why there are no more.
    ///
    /// With each row that is changed, PostgreSQL copies the whole row of what it is changed from: hence the narrow
    /// selections with `OFFSET 0`.
    ///
    /// Each statement finds its rows by an index, one by one, and the planner is told to leave it at that: its plans
    /// are kept, and must be right whether the tables hold ten rows or a billion.
    static let claim = """
      CREATE FUNCTION claim_leads(
        p_now bigint, p_campaign uuid, p_owner text, p_token bigint, p_count bigint, p_localities integer[],
        p_opening bigint[], p_closing bigint[], p_limits jsonb, p_agents uuid[], p_rates text[],
        p_intervals float8[], p_bursts float8[], p_from bigint, p_day bigint, p_day_end bigint, p_place_within bigint,
        p_rule text, p_id_time bigint, p_id_tail bigint
      ) RETURNS TABLE (
        o_kind integer, o_lead uuid, o_contact uuid, o_number bigint, o_attempt bigint, o_call uuid, o_text text,
        o_citation text, o_moment bigint, o_from bigint
      ) LANGUAGE plpgsql
        SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
        SET plan_cache_mode = force_generic_plan SET jit = off AS $$
      DECLARE
        c campaigns; s campaign_states; sys system; p_open integer[];
        v_account uuid; v_last bigint; v_live bigint; v_limit bigint; v_now bigint;
        v_allowed bigint := p_count; v_stop text := 'satisfied'; v_left bigint; v_most bigint;
        v_claimed bigint := 0; v_held bigint := 0; v_want bigint; v_taken bigint; v_new bigint; v_first bigint;
        v_delay float8; v_second float8; v_until float8[]; v_until_at bigint := 0; v_limits jsonb;
        v_leads uuid[]; v_contacts uuid[]; v_numbers bigint[]; v_attempts bigint[];
        v_rules text[]; v_citations text[]; v_moments bigint[]; v_calls uuid[]; v_tell bigint; v_begun bigint;
        v_failed bigint; v_prefix CONSTANT text := lpad(to_hex(p_id_time), 12, '0'); v_place_by bigint;
        v_prefixes text[]; v_reserved bigint; v_own_reserved bigint;
        v_callers bigint[]; v_before bigint[]; v_made bigint[]; v_froms bigint[];
        v_all CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
      BEGIN
        SELECT account INTO v_account FROM campaigns WHERE id = p_campaign;
        IF v_account IS NULL THEN
          RETURN QUERY SELECT 2, NULL::uuid, NULL::uuid, NULL::bigint, NULL::bigint, NULL::uuid, 'notFound', NULL,
            0::bigint, NULL::bigint;
          RETURN;
        END IF;
        SELECT t.last_event, t.live INTO v_last, v_live FROM account_states t WHERE t.account = v_account
          FOR NO KEY UPDATE;
        -- Held to the commit, so that whoever takes the campaign over sees the calls that were claimed before.
        SELECT * INTO s FROM campaign_states WHERE campaign = p_campaign FOR NO KEY UPDATE;
        v_now := coalesce(p_now, clock_now());
        SELECT * INTO c FROM campaigns WHERE id = p_campaign;
        IF s.campaign IS NULL THEN v_stop := 'notFound';
        ELSIF s.lease_owner IS DISTINCT FROM p_owner OR s.lease_token <> p_token OR s.lease_end <= v_now THEN
          v_stop := 'leaseLost';
        ELSIF c.status <> 'active' THEN v_stop := c.status;
        ELSIF p_count > 0 THEN v_stop := NULL;
        END IF;
        IF v_stop IS NOT NULL THEN
          RETURN QUERY SELECT 2, NULL::uuid, NULL::uuid, v_now, NULL::bigint, NULL::uuid, v_stop, NULL, NULL::bigint,
            NULL::bigint;
          RETURN;
        END IF;
        v_stop := 'satisfied';

        -- What the agents, the rates, the campaign, the account and the system leave.
        SELECT a.call_limit INTO v_limit FROM accounts a WHERE a.id = v_account;
        IF cardinality(p_rates) > 0 THEN
          INSERT INTO rates SELECT name, 0 FROM unnest(p_rates) AS name ORDER BY name COLLATE "C"
            ON CONFLICT DO NOTHING;
          SELECT array_agg(r.until ORDER BY x.n) INTO v_until FROM unnest(p_rates) WITH ORDINALITY AS x(name, n)
            JOIN (SELECT * FROM rates WHERE name = ANY(p_rates) ORDER BY name FOR NO KEY UPDATE) r ON r.name = x.name;
        END IF;
        -- What the numbers to call from have made today, where there is something to choose or to limit.
        v_callers := CASE WHEN p_from IS NULL THEN c.caller_numbers
          WHEN c.calls_per_day IS NOT NULL THEN ARRAY[p_from] END;
        IF v_callers IS NOT NULL THEN
          p_day := coalesce(p_day, v_now - (v_now % 86400000 + 86400000) % 86400000);
          p_day_end := coalesce(p_day_end, p_day + 86400000);
          SELECT array_agg(coalesce(y.calls, 0)::bigint ORDER BY x.n) INTO v_before
            FROM unnest(v_callers) WITH ORDINALITY AS x(number, n)
              CROSS JOIN LATERAL (SELECT sum(q.calls) AS calls FROM caller_counts q
                WHERE q.account = v_account AND q.number = x.number
                  AND q.quarter >= p_day - (p_day % 900000 + 900000) % 900000 AND q.quarter < p_day_end) y;
          v_made := v_before;
        END IF;
        v_delay := c.delay;
        v_second := CASE WHEN c.per_second > 0 THEN 1000 / c.per_second
          WHEN c.per_second IS NOT NULL THEN 'infinity'::float8 END;
        SELECT * INTO sys FROM system FOR NO KEY UPDATE;
        SELECT coalesce(sum(r.count), 0), coalesce(sum(r.count) FILTER (WHERE r.account = v_account), 0)
          INTO v_reserved, v_own_reserved FROM reservations r
          WHERE v_now < r.expires_at AND r.reserved_at - v_now <= r.expires_at - r.reserved_at;
        v_limit := greatest(0, coalesce(v_limit, sys.account_limit) - v_live - v_own_reserved);
        v_left := greatest(0, sys.call_limit - sys.live - v_reserved);
        IF v_left < v_allowed THEN v_allowed := v_left; v_stop := 'systemLimit'; END IF;
        IF v_limit < v_allowed THEN v_allowed := v_limit; v_stop := 'accountLimit'; END IF;
        IF c.maximum IS NOT NULL THEN
          v_left := greatest(0, c.maximum - s.live);
          IF v_left < v_allowed THEN v_allowed := v_left; v_stop := 'campaignLimit'; END IF;
        END IF;
        IF c.agent_group IS NOT NULL THEN
          SELECT coalesce(sum(least(greatest(0, maximum - live), 4294967296)), 0) INTO v_left FROM agents
            WHERE id = ANY(p_agents) AND account = v_account AND agent_group = c.agent_group AND is_active
              AND status = 'available';
          v_left := greatest(0, v_left - (SELECT coalesce(sum(t.unassigned), 0)
            FROM campaigns g JOIN campaign_states t ON t.campaign = g.id
            WHERE g.account = v_account AND g.agent_group = c.agent_group));
          IF v_left < v_allowed THEN v_allowed := v_left; v_stop := 'agents'; END IF;
        END IF;
        IF v_callers IS NOT NULL AND c.calls_per_day IS NOT NULL THEN
          v_left := CASE WHEN v_now >= p_day AND v_now < p_day_end THEN
            (SELECT sum(greatest(0, c.calls_per_day - x)) FROM unnest(v_made) AS x) ELSE 0 END;
          IF v_left < v_allowed THEN v_allowed := v_left; v_stop := 'callerNumbers'; END IF;
        END IF;
        IF v_delay > 0 THEN
          v_left := rate_starts(s.delay_until, v_now, v_delay, 1);
          IF v_left < v_allowed THEN v_allowed := v_left; v_stop := 'rate'; END IF;
        END IF;
        IF v_second IS NOT NULL THEN
          v_left := rate_starts(s.rate_until, v_now, v_second, 1);
          IF v_left < v_allowed THEN v_allowed := v_left; v_stop := 'rate'; END IF;
        END IF;
        FOR i IN 1..coalesce(cardinality(p_rates), 0) LOOP
          v_left := rate_starts(v_until[i], v_now, p_intervals[i], p_bursts[i]);
          IF v_left < v_allowed THEN v_allowed := v_left; v_stop := 'rate'; END IF;
        END LOOP;

        p_open := ARRAY(SELECT DISTINCT x.locality FROM unnest(p_localities, p_opening, p_closing) AS x(locality, a, b)
          WHERE x.a <= v_now AND v_now < x.b);
        v_place_by := least(v_now + p_place_within, 253402300799999);
        -- A call is made on the day on which it is counted.
        IF c.calls_per_day IS NOT NULL AND v_now < p_day_end THEN v_place_by := least(v_place_by, p_day_end); END IF;
        v_limits := CASE WHEN c.limits IS NOT NULL THEN c.limits::jsonb || coalesce(p_limits, '[]') ELSE p_limits END;
        v_most := CASE WHEN v_allowed < 4294967296 THEN greatest(4 * v_allowed, 1000) ELSE 9223372036854775807 END;
        v_first := v_last;
        -- Prefixes are few, and each is looked at for every lead.
        SELECT array_agg(prefix || '%') INTO v_prefixes FROM suppressions
          WHERE prefix IS NOT NULL AND account IN (v_account, v_all) AND (expires_at IS NULL OR v_now < expires_at);
        IF v_allowed > 0 THEN
          WITH made AS (
            UPDATE due_leads SET ready = true
              FROM queues o CROSS JOIN LATERAL (
                SELECT q.ctid AS place FROM due_leads q
                WHERE q.campaign = p_campaign AND q.locality = o.locality AND NOT q.ready AND q.due > o.made
                  AND q.due <= v_now ORDER BY q.due OFFSET 0) x
              WHERE o.campaign = p_campaign AND o.locality = ANY(p_open) AND due_leads.ctid = x.place
              RETURNING due_leads.locality, rank, priority, due, ordinal)
          UPDATE queues q SET latest = greatest(q.latest, x.latest), made = x.latest, first = least(q.first, x.first)
            FROM (SELECT locality, max(due) AS latest, min(ARRAY[rank, priority, due, ordinal]) AS first
              FROM made GROUP BY locality) x
            WHERE q.campaign = p_campaign AND q.locality = x.locality;
        END IF;
        WHILE v_claimed < v_allowed LOOP
          v_want := least(v_allowed - v_claimed, v_most - v_claimed - v_held, 1000);
          IF v_want <= 0 THEN
            IF EXISTS (SELECT FROM due_leads WHERE campaign = p_campaign AND locality = ANY(p_open) AND ready
                AND due <= v_now) THEN
              v_stop := 'examinedEnough';
            ELSE
              v_stop := 'noneDue';
            END IF;
            EXIT;
          END IF;
          WITH picked AS (
            SELECT d.*
            FROM queues o CROSS JOIN LATERAL (
              SELECT q.ctid AS place, q.lead, q.locality, q.rank, q.priority, q.due, q.ordinal FROM due_leads q
              WHERE q.campaign = p_campaign AND q.locality = o.locality AND q.ready AND q.due <= v_now
                AND (q.rank, q.priority, q.due, q.ordinal) >= (o.first[1], o.first[2], o.first[3], o.first[4])
              ORDER BY q.rank, q.priority, q.due, q.ordinal LIMIT v_want) d
            WHERE o.campaign = p_campaign AND o.locality = ANY(p_open)
            ORDER BY d.rank, d.priority, d.due, d.ordinal LIMIT v_want
          ), examined AS MATERIALIZED (
            SELECT p.*, l.ctid AS spot, l.contact, l.number, l.attempts, l.subject,
              CASE
                WHEN (SELECT 1 FROM suppressions u WHERE u.number = l.number AND u.account IN (v_account, v_all)
                  AND (u.expires_at IS NULL OR v_now < u.expires_at) LIMIT 1) IS NOT NULL THEN 'doNotCall'
                WHEN v_prefixes IS NOT NULL AND l.number::text LIKE ANY (v_prefixes) THEN 'doNotCall'
                WHEN l.attempts >= c.max_attempts THEN 'attempts'
                WHEN (SELECT 1 FROM live_calls v WHERE v.number = l.number AND v.account = v_account LIMIT 1) IS NOT
                  NULL
                  THEN 'numberBusy' END AS held
            FROM picked p JOIN leads l ON l.id = p.lead
          ), limited AS (
            -- The first limit that is filled: its name, its citation, and until when.
            SELECT *, CASE WHEN held IS NULL AND v_limits IS NOT NULL THEN (
              SELECT ARRAY[x.value ->> 'name', x.value ->> 'citation', f.until::text]
              FROM jsonb_array_elements(v_limits) WITH ORDINALITY AS x(value, n)
                CROSS JOIN LATERAL (SELECT limit_filled(
                  x.value ->> 'key', (x.value ->> 'maximum')::bigint, (x.value ->> 'window')::bigint,
                  CASE WHEN x.value ? 'counting' THEN ARRAY(SELECT jsonb_array_elements_text(x.value -> 'counting'))
                    END,
                  v_account, e.number, e.contact, e.subject, v_now)) f(until)
              WHERE f.until IS NOT NULL AND (NOT x.value ? 'locality' OR
                (x.value ->> 'locality')::integer = e.locality AND (x.value ->> 'from')::bigint <= v_now
                AND v_now < (x.value ->> 'until')::bigint)
              ORDER BY x.n LIMIT 1) END AS filled
            FROM examined e
          ), ruled AS (
            SELECT *, CASE WHEN held IS NULL AND bool_or(held IS NULL AND filled IS NULL) OVER (
                PARTITION BY number ORDER BY rank, priority, due, ordinal
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 'numberBusy'
                ELSE coalesce(held, filled[1]) END AS rule
            FROM limited
          ), turned AS (
            SELECT *, row_number() OVER w AS n, count(*) FILTER (WHERE rule IS NULL) OVER w AS turn FROM ruled
              WINDOW w AS (ORDER BY rank, priority, due, ordinal ROWS UNBOUNDED PRECEDING)
          ), decided AS MATERIALIZED (
            SELECT place, spot, lead, contact, subject, number, attempts, locality, rank, priority, due, ordinal, n,
              turn, rule, CASE WHEN rule = filled[1] THEN filled[2] END AS citation,
              CASE WHEN rule = 'numberBusy' THEN v_now + 60000 ELSE filled[3]::bigint END AS moment,
              CASE WHEN rule IS NULL THEN (v_prefix || lpad(to_hex(p_id_tail + v_claimed - 1 + turn), 12, '0')
                || '00000000')::uuid END AS call
            FROM turned ORDER BY n
          ), chosen AS MATERIALIZED (
            SELECT choose_callers(array_agg(number ORDER BY n), v_callers, v_made,
                coalesce(c.calls_per_day, 9223372036854775807), c.prefers_nearby) AS callers
              FROM decided WHERE v_callers IS NOT NULL AND call IS NOT NULL
          ), dialled AS (
            UPDATE leads SET status = 'calling', attempts = x.attempts + 1, live_call = x.call,
                last_attempt_at = v_now, next_attempt_at = NULL, decision_dialled = true,
                decision_rule = coalesce(p_rule, ''), decision_citation = NULL, decided_at = v_now,
                decision_retry_at = NULL, updated_at = v_now
              FROM (SELECT spot, call, attempts FROM decided WHERE call IS NOT NULL OFFSET 0) x
              WHERE leads.ctid = x.spot
          ), intended AS (
            INSERT INTO calls (id, account, campaign, lead, contact, subject, attempt, number, from_number, status,
                created_at, place_by, expires_at, rule)
              SELECT x.call, v_account, p_campaign, x.lead, x.contact, x.subject, x.attempts + 1, x.number,
                coalesce(((SELECT callers FROM chosen))[x.turn], p_from, c.caller_number), 'intended', v_now,
                v_place_by, least(v_place_by + c.call_time, 253402300799999), p_rule
              FROM decided x WHERE x.call IS NOT NULL
          ), begun AS (
            INSERT INTO live_calls
              SELECT x.call, v_account, x.number, p_campaign, x.lead, v_now FROM decided x WHERE x.call IS NOT NULL
          ), taken AS (
            DELETE FROM due_leads d USING (SELECT place FROM decided WHERE moment IS NULL OFFSET 0) x
              WHERE d.ctid = x.place
          ), counted AS (
            -- What comes before those that were taken is gone, unless the clock stood later when it became ready.
            UPDATE queues q SET waiting = waiting - y.n,
                first = CASE WHEN q.latest <= v_now THEN y.last ELSE q.first END
              FROM (SELECT locality, count(*) FILTER (WHERE moment IS NULL) AS n,
                max(ARRAY[rank, priority, due, ordinal]) AS last FROM decided GROUP BY locality) y
              WHERE q.campaign = p_campaign AND q.locality = y.locality
          ), told AS (
            -- All that is told is one row, the number of which is that of the last.
            INSERT INTO events (account, sequence, at, kind, campaign, leads, calls, statuses)
              SELECT v_account, v_last + count(*), v_now, 'claimed', p_campaign, array_agg(lead), array_agg(call),
                array_agg(CASE WHEN rule IS NULL THEN 'intended' WHEN rule = 'attempts' THEN 'failed'
                  ELSE 'suppressed' END)
              FROM decided WHERE moment IS NULL HAVING count(*) > 0
          )
          SELECT count(*), count(call), count(*) FILTER (WHERE call IS NOT NULL AND attempts = 0),
              count(*) FILTER (WHERE rule = 'attempts'), count(*) FILTER (WHERE moment IS NULL),
              array_agg(lead), array_agg(contact), array_agg(number), array_agg(attempts + 1), array_agg(call),
              array_agg(rule), array_agg(citation), array_agg(moment),
              (SELECT callers FROM chosen)
            INTO v_taken, v_new, v_begun, v_failed, v_tell, v_leads, v_contacts, v_numbers, v_attempts, v_calls,
              v_rules, v_citations, v_moments, v_froms
            FROM decided;
          EXIT WHEN v_taken = 0;
          IF v_froms IS NOT NULL THEN
            SELECT array_agg(x.made ORDER BY x.n) INTO v_made FROM (
              SELECT min(y.n) AS n, sum(y.made)::bigint AS made FROM (
                SELECT z.number, z.made, z.n FROM unnest(v_callers, v_made) WITH ORDINALITY AS z(number, made, n)
                UNION ALL SELECT f, 1, NULL FROM unnest(v_froms) AS f WHERE f IS NOT NULL) y GROUP BY y.number) x;
            -- From now on one for each lead that was examined.
            SELECT array_agg(CASE WHEN x.call IS NOT NULL THEN v_froms[x.turn] END ORDER BY x.n) INTO v_froms
              FROM (SELECT y.call, y.n, count(y.call) OVER (ORDER BY y.n) AS turn
                FROM unnest(v_calls) WITH ORDINALITY AS y(call, n)) x;
          END IF;

          IF v_new < v_taken THEN
            UPDATE leads SET decision_dialled = false, decision_rule = x.rule, decision_citation = x.citation,
                decided_at = v_now, decision_retry_at = x.moment, updated_at = v_now, next_attempt_at = x.moment,
                is_callback = is_callback AND x.moment IS NOT NULL,
                status = CASE WHEN x.moment IS NOT NULL THEN 'waiting' WHEN x.rule = 'attempts' THEN 'failed'
                  ELSE 'suppressed' END
              FROM unnest(v_leads, v_rules, v_citations, v_moments) AS x(lead, rule, citation, moment)
              WHERE id = x.lead AND x.rule IS NOT NULL;
            WITH held AS (
              UPDATE due_leads d SET due = x.moment, ready = false FROM unnest(v_leads, v_moments) AS x(lead, moment)
                WHERE d.lead = x.lead AND x.moment IS NOT NULL RETURNING d.locality, d.due)
            UPDATE queues q SET made = x.due - 1 FROM (SELECT locality, min(due) AS due FROM held GROUP BY locality) x
              WHERE q.campaign = p_campaign AND q.locality = x.locality AND x.due <= q.made;
          END IF;
          v_last := v_last + v_tell;
          s.waiting := s.waiting - v_tell;
          s.calling := s.calling + v_new;
          s.attempted := s.attempted + v_begun;
          s.failed := s.failed + v_failed;
          s.suppressed := s.suppressed + v_tell - v_new - v_failed;
          v_claimed := v_claimed + v_new;
          v_held := v_held + v_taken - v_new;
          RETURN QUERY SELECT CASE WHEN x.rule IS NULL THEN 0 ELSE 1 END, x.lead, x.contact, x.number, x.attempt,
              x.call, x.rule, x.citation, x.moment, v_froms[x.n]
            FROM unnest(v_leads, v_contacts, v_numbers, v_attempts, v_calls, v_rules,
              v_citations, v_moments)
              WITH ORDINALITY AS x(lead, contact, number, attempt, call, rule, citation, moment, n)
            ORDER BY x.n;
        END LOOP;

        IF v_claimed < v_allowed AND v_stop <> 'examinedEnough' THEN v_stop := 'noneDue'; END IF;
        IF v_stop = 'noneDue' THEN
          SELECT min(d.due) INTO v_until_at FROM queues o CROSS JOIN LATERAL (
            SELECT due FROM due_leads q WHERE q.campaign = p_campaign AND q.locality = o.locality AND NOT q.ready
              AND q.due > o.made ORDER BY q.due LIMIT 1) d
            WHERE o.campaign = p_campaign AND o.locality = ANY(p_open);
          SELECT least(v_until_at, min(d.due)) INTO v_until_at FROM queues o CROSS JOIN LATERAL (
            SELECT due FROM due_leads q WHERE q.campaign = p_campaign AND q.locality = o.locality AND q.ready
              AND q.due > 0 AND (q.rank, q.priority, q.due, q.ordinal)
                >= (o.first[1], o.first[2], o.first[3], o.first[4])) d
            WHERE o.campaign = p_campaign AND o.locality = ANY(p_open);
        END IF;
        IF v_claimed > 0 THEN
          IF v_delay > 0 THEN s.delay_until := rate_after(v_claimed, s.delay_until, v_now, v_delay, 1); END IF;
          IF v_second IS NOT NULL THEN
            s.rate_until := rate_after(v_claimed, s.rate_until, v_now, v_second, 1);
          END IF;
          FOR i IN 1..coalesce(cardinality(p_rates), 0) LOOP
            v_until[i] := rate_after(v_claimed, v_until[i], v_now, p_intervals[i], p_bursts[i]);
          END LOOP;
          IF v_until IS NOT NULL THEN
            UPDATE rates r SET until = x.until FROM unnest(p_rates, v_until) AS x(name, until) WHERE r.name = x.name;
          END IF;
          UPDATE system SET live = live + v_claimed;
          INSERT INTO rollups (kind, scope, quarter, created)
            SELECT x.kind, x.scope, y.quarter, v_claimed
            FROM (VALUES (0::smallint, v_account), (1::smallint, p_campaign)) AS x(kind, scope),
              (VALUES (\(total)), (v_now - (v_now % 900000 + 900000) % 900000)) AS y(quarter)
          ON CONFLICT (kind, scope, quarter) DO UPDATE SET created = rollups.created + excluded.created;
          IF v_callers IS NOT NULL OR p_from IS NOT NULL OR c.caller_number IS NOT NULL THEN
            INSERT INTO caller_counts (account, number, quarter, calls)
              SELECT v_account, x.number, v_now - (v_now % 900000 + 900000) % 900000, x.calls
              FROM (SELECT number, made - before FROM unnest(v_callers, v_before, v_made) AS y(number, before, made)
                UNION ALL SELECT coalesce(p_from, c.caller_number), v_claimed WHERE v_callers IS NULL)
                AS x(number, calls)
              WHERE x.number IS NOT NULL AND x.calls > 0 ORDER BY x.number
            ON CONFLICT (account, number, quarter) DO UPDATE SET calls = caller_counts.calls + excluded.calls;
          END IF;
        END IF;
        IF v_stop = 'callerNumbers' THEN
          v_until_at := CASE WHEN v_now >= p_day AND v_now < p_day_end THEN p_day_end ELSE v_now END;
        END IF;
        IF v_stop = 'rate' THEN
          v_until_at := greatest(
            CASE WHEN v_delay > 0 THEN rate_next(s.delay_until, v_now, v_delay, 1) END,
            CASE WHEN v_second IS NOT NULL THEN rate_next(s.rate_until, v_now, v_second, 1) END,
            (SELECT max(rate_next(x.until, v_now, x.gap, x.burst))
              FROM unnest(v_until, p_intervals, p_bursts) AS x(until, gap, burst)));
        END IF;
        IF v_claimed + v_held > 0 THEN
          UPDATE account_states SET last_event = v_last, live = live + v_claimed WHERE account = v_account;
          UPDATE campaign_states SET waiting = s.waiting, calling = s.calling, failed = s.failed,
              suppressed = s.suppressed, attempted = s.attempted, live = live + v_claimed,
              unassigned = unassigned + v_claimed, delay_until = s.delay_until, rate_until = s.rate_until
            WHERE campaign = p_campaign;
          PERFORM prune_events(v_account, v_first, v_last);
          IF s.waiting + s.calling = 0 THEN PERFORM complete_if_done(p_campaign, v_now); END IF;
        END IF;
        RETURN QUERY SELECT 2, v_account, NULL::uuid, v_now, v_place_by, NULL::uuid, v_stop, NULL, v_until_at,
          coalesce(p_from, c.caller_number);
      END $$;
      """
  }
#endif
