#if PostgreSQL
  extension Schema {
    /// Several numbers to call from: which is chosen, and what was counted of each.
    static let callerNumbers = """
      -- What is counted below stays so until the end, should an older program still run.
      LOCK TABLE calls, live_calls IN EXCLUSIVE MODE;
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
        v_chosen bigint[] := p_numbers; v_count CONSTANT integer := cardinality(p_callers); v_sorted text[];
        v_order integer[]; v_called text; v_other text; v_place integer := 0; v_shared integer;
        v_key text := ''; v_keys text[] := '{}'; v_at integer := 1; v_codes integer[]; v_least integer[];
        v_digits integer[] := '{0}'; v_first integer[] := '{1}'; v_last integer[] := '{0}'; v_prefix text;
        v_from integer; v_to integer; v_caller integer; v_best integer; v_fewest bigint;
      BEGIN
        p_nearby := p_nearby AND v_count > 1;
        -- Those that share their first digits are neighbours in this order.
        SELECT array_agg(digits ORDER BY digits COLLATE "C"), array_agg(n ORDER BY digits COLLATE "C")
          INTO v_sorted, v_order
          FROM (SELECT number::text AS digits, n::integer FROM unnest(p_callers) WITH ORDINALITY AS x(number, n)) y;
        FOR k IN 1..coalesce(cardinality(p_numbers), 0) LOOP
          IF p_nearby THEN
            v_called := p_numbers[k]::text;
            v_place := width_bucket(v_called COLLATE "C", v_sorted);
            v_shared := 0;
            FOR i IN v_place..v_place + 1 LOOP
              v_other := v_sorted[i];
              WHILE v_shared < length(v_called) AND left(v_called, v_shared + 1) = left(v_other, v_shared + 1) LOOP
                v_shared := v_shared + 1;
              END LOOP;
            END LOOP;
            -- All that have these digits, and the next is another one, have the same numbers near them.
            v_key := left(v_called, v_shared);
            v_at := array_position(v_keys, v_key);
            IF v_at IS NULL THEN
              v_keys := v_keys || v_key;
              v_at := cardinality(v_keys);
              -- How many digits the calling code has, and how many must be shared to be near.
              v_codes[v_at] := CASE WHEN v_called ~ '^[17]' THEN 1
                WHEN v_called ~ '^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])' THEN 2 ELSE 3 END;
              v_least[v_at] := CASE WHEN v_called LIKE '1%' THEN 4 ELSE v_codes[v_at] + 2 END;
              v_digits[v_at] := CASE WHEN v_shared >= v_least[v_at] THEN v_shared
                WHEN v_shared >= v_codes[v_at] THEN v_codes[v_at] ELSE 0 END;
              v_first[v_at] := v_place + 1;
              v_last[v_at] := v_place;
            END IF;
          END IF;
          v_best := NULL;
          LOOP
            v_prefix := left(v_key, v_digits[v_at]);
            v_from := v_first[v_at];
            WHILE v_from > 1 AND left(v_sorted[v_from - 1], v_digits[v_at]) = v_prefix LOOP
              v_from := v_from - 1;
            END LOOP;
            v_to := v_last[v_at];
            WHILE v_to < v_count AND left(v_sorted[v_to + 1], v_digits[v_at]) = v_prefix LOOP
              v_to := v_to + 1;
            END LOOP;
            v_first[v_at] := v_from;
            v_last[v_at] := v_to;
            FOR i IN v_from..v_to LOOP
              v_caller := v_order[i];
              CONTINUE WHEN p_calls[v_caller] >= p_most;
              IF v_best IS NULL OR p_calls[v_caller] < v_fewest OR (p_calls[v_caller] = v_fewest AND v_caller < v_best)
              THEN
                v_best := v_caller;
                v_fewest := p_calls[v_caller];
              END IF;
            END LOOP;
            EXIT WHEN v_best IS NOT NULL OR v_digits[v_at] = 0;
            -- None of these may make a call any more, so the next nearest are looked at from now on.
            v_digits[v_at] := CASE WHEN v_digits[v_at] > v_least[v_at] THEN v_digits[v_at] - 1
              WHEN v_digits[v_at] > v_codes[v_at] THEN v_codes[v_at] ELSE 0 END;
          END LOOP;
          v_chosen[k] := p_callers[v_best];
          IF v_best IS NOT NULL THEN p_calls[v_best] := v_fewest + 1; END IF;
        END LOOP;
        RETURN v_chosen;
      END $$;

      """
  }
#endif
