#if PostgreSQL
  extension Schema {
    /// What makes lookups certain: of a standby nobody asks whether to call, and no index depends on a language. The index
    /// of calls by their lead is not needed any more.
    static let certainty = """
      ALTER TABLE accounts ALTER external_id TYPE text COLLATE "C";
      ALTER TABLE users ALTER email TYPE text COLLATE "C";
      ALTER TABLE keys ALTER digest TYPE text COLLATE "C";
      ALTER TABLE agents ALTER agent_group TYPE text COLLATE "C";
      ALTER TABLE campaigns ALTER agent_group TYPE text COLLATE "C";
      ALTER TABLE localities ALTER doc TYPE text COLLATE "C";
      ALTER TABLE calls ALTER carrier TYPE text COLLATE "C", ALTER reference TYPE text COLLATE "C";
      ALTER TABLE imports ALTER digest TYPE text COLLATE "C";
      ALTER TABLE rates ALTER name TYPE text COLLATE "C";
      DROP INDEX IF EXISTS calls_lead;

      -- Refuses to go on where what is read may be old: on a standby, or where nothing is to be written by anybody.
      CREATE FUNCTION demand_primary() RETURNS void LANGUAGE plpgsql STABLE AS $$
      BEGIN
        IF pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean THEN
          RAISE EXCEPTION 'this server takes no writes' USING ERRCODE = 'read_only_sql_transaction';
        END IF;
      END $$;

      DROP FUNCTION IF EXISTS claim_leads;

      """
  }
#endif
