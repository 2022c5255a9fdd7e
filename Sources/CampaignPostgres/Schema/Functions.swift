#if PostgreSQL
  extension Schema {
    /// The functions that several statements need, and the claim.
    static let functions = """
      CREATE FUNCTION clock_now() RETURNS bigint LANGUAGE sql VOLATILE AS $$
        SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
      $$;

      -- Leaves the last events of an account when it has told so many more.
      CREATE FUNCTION prune_events(p_account uuid, p_before bigint, p_last bigint) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        IF p_before / 1024 <> p_last / 1024 THEN
          -- What is older was removed when the last of them began, and need not be looked for.
          DELETE FROM events WHERE account = p_account AND sequence > p_before / 1024 * 1024 - 5120
            AND sequence <= p_last - 4096;
        END IF;
      END $$;

      CREATE FUNCTION tell(
        p_account uuid, p_at bigint, p_kind text, p_campaign uuid, p_lead uuid, p_call uuid, p_agent uuid,
        p_status text, p_count bigint
      ) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE v_last bigint;
      BEGIN
        UPDATE account_states SET last_event = last_event + 1 WHERE account = p_account RETURNING last_event INTO
          v_last;
        INSERT INTO events VALUES
          (p_account, v_last, p_at, p_kind, p_campaign, p_lead, p_call, p_agent, p_status, p_count);
        PERFORM prune_events(p_account, v_last - 1, v_last);
      END $$;

      -- Lets a claim look from the first of the leads that were added, be they ready or not. Those that are not are due
      -- later than any that was made ready, unless the clock stood later then.
      CREATE FUNCTION note_ready() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE queues q SET latest = greatest(q.latest, x.latest), first = least(q.first, x.first)
          FROM (SELECT campaign, locality, max(due) AS latest, min(ARRAY[rank, priority, due, ordinal]) AS first
            FROM added WHERE ready GROUP BY 1, 2) x
          WHERE q.campaign = x.campaign AND q.locality = x.locality;
        UPDATE queues q SET made = x.due - 1
          FROM (SELECT campaign, locality, min(due) AS due FROM added WHERE NOT ready GROUP BY 1, 2) x
          WHERE q.campaign = x.campaign AND q.locality = x.locality AND x.due <= q.made;
        RETURN NULL;
      END $$;
      CREATE TRIGGER due_leads_added AFTER INSERT ON due_leads REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION note_ready();

      -- Tells of many calls.
      CREATE FUNCTION tell_many(
        p_account uuid, p_at bigint, p_kinds text[], p_campaigns uuid[], p_leads uuid[], p_calls uuid[],
        p_agents uuid[], p_statuses text[]
      ) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE v_last bigint; v_count bigint := cardinality(p_kinds);
      BEGIN
        UPDATE account_states SET last_event = last_event + v_count WHERE account = p_account
          RETURNING last_event INTO v_last;
        INSERT INTO events (account, sequence, at, kind, campaign, lead, call, agent, status)
          SELECT p_account, v_last - v_count + n, p_at, x.kind, x.campaign, x.lead, x.call, x.agent, x.status
          FROM unnest(p_kinds, p_campaigns, p_leads, p_calls, p_agents, p_statuses)
            WITH ORDINALITY AS x(kind, campaign, lead, call, agent, status, n);
        PERFORM prune_events(p_account, v_last - v_count, v_last);
      END $$;

      -- Completes a campaign that runs, has leads, and none that is open.
      CREATE FUNCTION complete_if_done(p_campaign uuid, p_now bigint) RETURNS boolean LANGUAGE plpgsql AS $$
      DECLARE v_account uuid;
      BEGIN
        UPDATE campaigns SET status = 'completed', status_reason = NULL, updated_at = p_now, ended_at = p_now
          FROM campaign_states s
          WHERE id = p_campaign AND s.campaign = id AND status IN ('active', 'paused')
            AND s.waiting + s.calling = 0 AND s.completed + s.failed + s.suppressed + s.cancelled > 0
          RETURNING account INTO v_account;
        IF v_account IS NULL THEN RETURN false; END IF;
        PERFORM tell(v_account, p_now, 'campaignStatusChanged', p_campaign, NULL, NULL, NULL, 'completed', NULL);
        RETURN true;
      END $$;

      -- Ends leads that wait, without a call.
      CREATE FUNCTION end_waiting(p_account uuid, p_leads uuid[], p_status text, p_now bigint)
      RETURNS void LANGUAGE plpgsql AS $$
      DECLARE v_leads uuid[]; v_campaigns uuid[];
      BEGIN
        WITH ended AS (
          UPDATE leads SET status = p_status, next_attempt_at = NULL, is_callback = false, updated_at = p_now
          WHERE id = ANY(p_leads) AND status = 'waiting'
          RETURNING id, campaign, ordinal)
        SELECT array_agg(id ORDER BY campaign, ordinal), array_agg(campaign ORDER BY campaign, ordinal)
          INTO v_leads, v_campaigns FROM ended;
        IF v_leads IS NULL THEN RETURN; END IF;
        WITH gone AS (DELETE FROM due_leads WHERE lead = ANY(v_leads) RETURNING campaign, locality),
          counted AS (SELECT campaign, locality, count(*) AS n FROM gone GROUP BY 1, 2)
        UPDATE queues q SET waiting = waiting - n FROM counted c
          WHERE q.campaign = c.campaign AND q.locality = c.locality;
        UPDATE campaign_states s SET
            waiting = waiting - n,
            suppressed = suppressed + CASE p_status WHEN 'suppressed' THEN n ELSE 0 END,
            cancelled = cancelled + CASE p_status WHEN 'cancelled' THEN n ELSE 0 END,
            failed = failed + CASE p_status WHEN 'failed' THEN n ELSE 0 END
          FROM (SELECT c, count(*) AS n FROM unnest(v_campaigns) AS c GROUP BY c) x
          WHERE s.campaign = x.c;
        PERFORM tell_leads(p_account, p_now, v_campaigns, v_leads, p_status);
      END $$;

      -- Removes leads, none of which has a call.
      CREATE FUNCTION remove_leads(p_leads uuid[]) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        WITH gone AS (DELETE FROM due_leads WHERE lead = ANY(p_leads) RETURNING campaign, locality),
          counted AS (SELECT campaign, locality, count(*) AS n FROM gone GROUP BY 1, 2)
        UPDATE queues q SET waiting = waiting - n FROM counted c
          WHERE q.campaign = c.campaign AND q.locality = c.locality;
        WITH gone AS (DELETE FROM leads WHERE id = ANY(p_leads) RETURNING campaign, status, attempts),
          counted AS (
            SELECT campaign, count(*) FILTER (WHERE status = 'waiting') AS waiting,
              count(*) FILTER (WHERE status = 'completed') AS completed,
              count(*) FILTER (WHERE status = 'failed') AS failed,
              count(*) FILTER (WHERE status = 'suppressed') AS suppressed,
              count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
              count(*) FILTER (WHERE attempts > 0) AS attempted
            FROM gone GROUP BY 1)
        UPDATE campaign_states s SET
            waiting = s.waiting - c.waiting, completed = s.completed - c.completed, failed = s.failed - c.failed,
            suppressed = s.suppressed - c.suppressed, cancelled = s.cancelled - c.cancelled,
            attempted = s.attempted - c.attempted
          FROM counted c WHERE s.campaign = c.campaign;
      END $$;

      -- Whether a number is not to be called. Prefixes are few, numbers are many.
      CREATE FUNCTION is_suppressed(p_number bigint, p_account uuid, p_now bigint)
      RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT EXISTS (
            SELECT FROM suppressions WHERE number = p_number
              AND account IN (p_account, '00000000-0000-0000-0000-000000000000')
              AND (expires_at IS NULL OR p_now < expires_at))
          OR EXISTS (
            SELECT FROM suppressions WHERE prefix IS NOT NULL AND p_number::text LIKE prefix || '%'
              AND account IN (p_account, '00000000-0000-0000-0000-000000000000')
              AND (expires_at IS NULL OR p_now < expires_at))
      $$;

      -- The slots that are reserved, of an account or of all.
      CREATE FUNCTION reserved_slots(p_account uuid, p_now bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
        SELECT coalesce(sum(count), 0)::bigint FROM reservations
          WHERE (p_account IS NULL OR account = p_account) AND p_now < expires_at
            AND reserved_at - p_now <= expires_at - reserved_at
      $$;

      -- When all that was started at a rate is paid off. What would take longer than a full burst at this instant was
      -- started before the clock was set back, and leaves one start.
      CREATE FUNCTION rate_paid_off(p_until float8, p_now bigint, p_interval float8, p_burst float8)
      RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN p_until > p_now + p_burst * p_interval + 1e-3
          THEN p_now + (p_burst - 1) * p_interval ELSE p_until END
      $$;
      CREATE FUNCTION rate_starts(p_until float8, p_now bigint, p_interval float8, p_burst float8)
      RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN p_interval = 'infinity' THEN 0 ELSE
          greatest(0, floor(least(1e9,
            p_burst - greatest(0, rate_paid_off(p_until, p_now, p_interval, p_burst) - p_now) / p_interval + 1e-6)))
          END::bigint
      $$;
      CREATE FUNCTION rate_after(p_starts bigint, p_until float8, p_now bigint, p_interval float8, p_burst float8)
      RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN p_starts = 0 THEN p_until
          ELSE greatest(rate_paid_off(p_until, p_now, p_interval, p_burst), p_now) + p_starts * p_interval END
      $$;
      CREATE FUNCTION rate_next(p_until float8, p_now bigint, p_interval float8, p_burst float8)
      RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN p_interval = 'infinity' THEN 253402300799999
          ELSE least(253402300799999, greatest(p_now, ceil(
            rate_paid_off(p_until, p_now, p_interval, p_burst) - (p_burst - 1) * p_interval - 1e-6))) END::bigint
      $$;

      -- Since when so many calls as a rolling limit permits fill it; NULL while there is room. The limit opens when the
      -- oldest of them leaves the window.
      CREATE FUNCTION limit_filled(
        p_key text, p_maximum bigint, p_window bigint, p_counting text[], p_account uuid, p_number bigint,
        p_contact uuid, p_subject text, p_now bigint
      ) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
      DECLARE v_at bigint;
      BEGIN
        IF p_key = 'number' THEN
          SELECT created_at INTO v_at FROM calls
            WHERE number = p_number AND account = p_account AND created_at > p_now - p_window AND created_at <= p_now
              AND is_attempt AND (p_counting IS NULL OR disposition = ANY(p_counting))
            ORDER BY created_at DESC OFFSET p_maximum - 1 LIMIT 1;
        ELSIF p_key = 'person' OR p_subject IS NOT NULL THEN
          SELECT created_at INTO v_at FROM calls
            WHERE contact = p_contact AND created_at > p_now - p_window AND created_at <= p_now AND is_attempt
              AND (p_key = 'person' OR subject = p_subject)
              AND (p_counting IS NULL OR disposition = ANY(p_counting))
            ORDER BY created_at DESC OFFSET p_maximum - 1 LIMIT 1;
        END IF;
        RETURN v_at + p_window;
      END $$;
      """

    /// The events of leads, as the second step makes them.
    static let leadEvents = """
      -- Tells that leads have a new status. As many events as are kept are written; all are numbered.
      CREATE OR REPLACE FUNCTION tell_leads(
        p_account uuid, p_at bigint, p_campaigns uuid[], p_leads uuid[], p_status text
      ) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE v_last bigint; v_count bigint := coalesce(cardinality(p_leads), 0);
      BEGIN
        IF v_count = 0 THEN RETURN; END IF;
        UPDATE account_states SET last_event = last_event + v_count WHERE account = p_account
          RETURNING last_event INTO v_last;
        INSERT INTO events (account, sequence, at, kind, campaign, lead, status)
          SELECT p_account, v_last - v_count + n, p_at, 'leadUpdated', c, l, p_status
          FROM unnest(p_campaigns, p_leads) WITH ORDINALITY AS x(c, l, n) WHERE n > v_count - 4096;
        PERFORM prune_events(p_account, v_last - v_count, v_last);
      END $$;

      """
  }
#endif
