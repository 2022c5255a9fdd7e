#if PostgreSQL
  extension Schema {
    /// Several numbers to call from: which is chosen, and what was counted of each.
    static let callerNumbers = """
      ALTER TABLE campaigns
        -- Those to choose from or to limit; NULL where all calls are made from caller_number.
        ADD COLUMN caller_numbers bigint[],
        ADD COLUMN prefers_nearby boolean NOT NULL DEFAULT true,
        ADD COLUMN calls_per_day bigint CHECK (calls_per_day > 0);
      UPDATE campaigns SET caller_numbers = ARRAY(
          SELECT number FROM json_array_elements_text(doc::json -> 'callerNumbers') WITH ORDINALITY AS x(text, n)
            CROSS JOIN LATERAL (VALUES (substr(x.text, 2)::bigint)) AS y(number)
          GROUP BY number ORDER BY min(n))
        WHERE json_array_length(doc::json -> 'callerNumbers') > 1;

      CREATE TABLE caller_counts (
        account uuid NOT NULL,
        number bigint NOT NULL,
        quarter bigint NOT NULL,
        calls bigint NOT NULL DEFAULT 0,
        ended bigint NOT NULL DEFAULT 0,
        answered bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (account, number, quarter)
      ) WITH (fillfactor = 50);
      INSERT INTO caller_counts
        SELECT account, from_number, created_at - (created_at % 900000 + 900000) % 900000, count(*),
          count(*) FILTER (WHERE status = 'ended'),
          count(*) FILTER (WHERE status = 'ended'
            AND (coalesce(disposition IN ('answered', 'abandoned'), false) OR coalesce(answered_by = 'human', false)))
        FROM calls WHERE from_number IS NOT NULL AND is_attempt GROUP BY 1, 2, 3;

      -- A call that a machine has answered keeps no agent busy, and waits for none.
      WITH machines AS (
        SELECT c.agent, c.campaign FROM live_calls v JOIN calls c ON c.id = v.call
          WHERE c.answered_by IN ('machineStart', 'machineEndBeep', 'machineEndSilence', 'machineEndOther')
      ), freed AS (
        UPDATE agents SET live = live - x.n
          FROM (SELECT agent, count(*) AS n FROM machines GROUP BY 1) x WHERE id = x.agent
      )
      UPDATE campaign_states s SET unassigned = unassigned - x.n
        FROM (SELECT campaign, count(*) AS n FROM machines WHERE agent IS NULL GROUP BY 1) x
        WHERE s.campaign = x.campaign;

      -- Chooses for each number to call the one to call it from, the calls made so far being p_calls: the nearest of
      -- those that may, then the one with the fewest calls, then the first. NULL where none may.
      CREATE FUNCTION choose_callers(
        p_numbers bigint[], p_callers bigint[], p_calls bigint[], p_most bigint, p_nearby boolean
      ) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE STRICT AS $$
      DECLARE
        v_chosen bigint[] := p_numbers; v_count CONSTANT integer := cardinality(p_callers); v_best integer;
        v_near integer; v_nearest integer; v_fewest bigint; v_called text; v_callers text[]; v_codes integer[];
        v_least integer[]; v_caller text; v_most integer;
      BEGIN
        p_nearby := p_nearby AND v_count > 1;
        IF p_nearby THEN
          -- How many digits the calling code has, and how many must be shared to be near.
          SELECT array_agg(y.caller ORDER BY y.n), array_agg(y.code ORDER BY y.n),
              array_agg(CASE WHEN y.caller LIKE '1%' THEN 4 ELSE y.code + 2 END ORDER BY y.n)
            INTO v_callers, v_codes, v_least
            FROM (SELECT x.n, x.number::text AS caller, CASE WHEN x.number::text ~ '^[17]' THEN 1
                WHEN x.number::text ~ '^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])' THEN 2
                ELSE 3 END AS code
              FROM unnest(p_callers) WITH ORDINALITY AS x(number, n)) y;
        END IF;
        FOR k IN 1..coalesce(cardinality(p_numbers), 0) LOOP
          v_called := p_numbers[k]::text;
          v_best := NULL;
          FOR i IN 1..v_count LOOP
            CONTINUE WHEN p_calls[i] >= p_most;
            v_near := 0;
            IF p_nearby THEN
              v_caller := v_callers[i];
              IF left(v_called, v_codes[i]) = left(v_caller, v_codes[i]) THEN
                v_near := 1;
                v_most := least(length(v_caller), length(v_called));
                IF v_least[i] <= v_most AND left(v_called, v_least[i]) = left(v_caller, v_least[i]) THEN
                  v_near := v_least[i];
                  WHILE v_near < v_most AND substr(v_called, v_near + 1, 1) = substr(v_caller, v_near + 1, 1) LOOP
                    v_near := v_near + 1;
                  END LOOP;
                END IF;
              END IF;
            END IF;
            IF v_best IS NULL OR v_near > v_nearest OR (v_near = v_nearest AND p_calls[i] < v_fewest) THEN
              v_best := i;
              v_nearest := v_near;
              v_fewest := p_calls[i];
            END IF;
          END LOOP;
          v_chosen[k] := p_callers[v_best];
          IF v_best IS NOT NULL THEN p_calls[v_best] := p_calls[v_best] + 1; END IF;
        END LOOP;
        RETURN v_chosen;
      END $$;

      DROP FUNCTION IF EXISTS claim_leads(
        bigint, uuid, text, bigint, bigint, integer[], bigint[], bigint[], jsonb, uuid[], text[], float8[], float8[],
        bigint, bigint, text, bigint, bigint);

      """
  }
#endif
