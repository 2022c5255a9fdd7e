#if PostgreSQL
  extension Schema {
    /// The tables.
    ///
    /// Identifiers of 96 bits are the upper part of a `uuid`; moments are milliseconds since 1970; phone numbers are
    /// their digits as a number. What is only read whole is JSON in a column `doc`.
    ///
    /// Rows that change with every call stand apart from those that are large or indexed, so that PostgreSQL can change
    /// them in place: a lead's place in the queue is a row of `due_leads`, and the slots of a call are one of
    /// `live_calls`. Half of each page of leads is left free, so that both versions of its rows have a place in it.
    /// Tables that change with every call have no foreign keys, since each would be looked up for every
    /// row; all changes of an account hold the lock on its row in `account_states`, so none of them can go astray.
    ///
    /// What a claim takes off the front of a queue stays in the index until PostgreSQL cleans it up, and would be looked
    /// at by every claim until then. So the row of a queue keeps in `first` where the first lead that is ready can be,
    /// in `latest` by when all that are ready had become due, and in `made` by when all that are due are ready.
    ///
    /// The calls of a lead are found among those of its contact, which are few: one index less is kept for each call.
    ///
    /// Texts in an index are compared byte by byte: the order of a language changes with the library that knows it, and an
    /// index that was made with the older finds nothing any more.
    ///
    /// A row of `events` is one event, or all of a claim, numbered as the last of them.
    static let tables = """
      CREATE TABLE system (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        call_limit bigint NOT NULL DEFAULT 10 CHECK (call_limit >= 0),
        account_limit bigint NOT NULL DEFAULT 2 CHECK (account_limit >= 0),
        live bigint NOT NULL DEFAULT 0 CHECK (live >= 0)
      ) WITH (fillfactor = 10);
      INSERT INTO system DEFAULT VALUES;

      CREATE TABLE accounts (
        id uuid PRIMARY KEY,
        external_id text COLLATE "C" UNIQUE,
        call_limit bigint,
        doc text NOT NULL
      );
      CREATE TABLE account_states (
        account uuid PRIMARY KEY REFERENCES accounts,
        last_event bigint NOT NULL DEFAULT 0 CHECK (last_event >= 0),
        live bigint NOT NULL DEFAULT 0 CHECK (live >= 0)
      ) WITH (fillfactor = 50);
      CREATE TABLE users (
        id uuid PRIMARY KEY,
        account uuid NOT NULL REFERENCES accounts,
        email text COLLATE "C" NOT NULL UNIQUE,
        doc text NOT NULL
      );
      CREATE INDEX users_account ON users (account, id);
      CREATE TABLE keys (
        id uuid PRIMARY KEY,
        account uuid NOT NULL REFERENCES accounts,
        digest text COLLATE "C" NOT NULL UNIQUE,
        doc text NOT NULL
      );
      CREATE INDEX keys_account ON keys (account, id);

      CREATE TABLE agents (
        id uuid PRIMARY KEY,
        account uuid NOT NULL REFERENCES accounts,
        kind text NOT NULL,
        agent_group text COLLATE "C",
        status text NOT NULL,
        status_since bigint NOT NULL,
        updated_at bigint NOT NULL,
        is_active boolean NOT NULL,
        maximum bigint NOT NULL CHECK (maximum >= 0),
        live bigint NOT NULL DEFAULT 0 CHECK (live >= 0),
        calls bigint NOT NULL DEFAULT 0,
        talk_time bigint NOT NULL DEFAULT 0,
        last_active_at bigint,
        doc text NOT NULL
      ) WITH (fillfactor = 70);
      CREATE INDEX agents_account ON agents (account, id);

      CREATE TABLE contacts (
        id uuid PRIMARY KEY,
        account uuid NOT NULL REFERENCES accounts,
        number bigint NOT NULL,
        search text NOT NULL,
        doc text NOT NULL,
        UNIQUE (account, number)
      );
      CREATE INDEX contacts_account ON contacts (account, id);
      CREATE TABLE lists (
        id uuid PRIMARY KEY,
        account uuid NOT NULL REFERENCES accounts,
        name text NOT NULL,
        created_at bigint NOT NULL
      );
      CREATE INDEX lists_account ON lists (account, id);
      CREATE TABLE list_members (
        list uuid NOT NULL REFERENCES lists ON DELETE CASCADE,
        place bigint GENERATED ALWAYS AS IDENTITY,
        contact uuid NOT NULL REFERENCES contacts ON DELETE CASCADE,
        PRIMARY KEY (list, contact)
      );
      CREATE INDEX list_members_contact ON list_members (contact);

      CREATE TABLE suppressions (
        account uuid NOT NULL,
        pattern text COLLATE "C" NOT NULL,
        number bigint,
        prefix text,
        source text NOT NULL,
        reason text,
        added_at bigint NOT NULL,
        expires_at bigint,
        PRIMARY KEY (account, pattern),
        CHECK ((number IS NULL) <> (prefix IS NULL))
      );
      CREATE INDEX suppressions_number ON suppressions (number) WHERE number IS NOT NULL;
      CREATE INDEX suppressions_prefix ON suppressions (account) WHERE prefix IS NOT NULL;

      CREATE TABLE campaigns (
        id uuid PRIMARY KEY,
        account uuid NOT NULL REFERENCES accounts,
        name text COLLATE "C" NOT NULL,
        status text NOT NULL CHECK (status IN
          ('draft', 'scheduled', 'active', 'paused', 'completed', 'cancelled', 'failed')),
        status_reason text,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        started_at bigint,
        paused_at bigint,
        resumed_at bigint,
        ended_at bigint,
        revision bigint NOT NULL,
        maximum bigint CHECK (maximum >= 0),
        agent_group text COLLATE "C",
        delay bigint NOT NULL CHECK (delay >= 0),
        per_second double precision CHECK (per_second >= 0),
        max_attempts bigint NOT NULL CHECK (max_attempts >= 1),
        call_time bigint NOT NULL,
        caller_number bigint,
        limits text,
        search text NOT NULL,
        doc text NOT NULL
      );
      CREATE INDEX campaigns_account ON campaigns (account, created_at, id);
      CREATE INDEX campaigns_group ON campaigns (account, agent_group) WHERE agent_group IS NOT NULL;
      CREATE INDEX campaigns_owned ON campaigns (id) WHERE status IN ('scheduled', 'active');
      CREATE TABLE campaign_states (
        campaign uuid PRIMARY KEY,
        next_ordinal bigint NOT NULL DEFAULT 0,
        lease_owner text,
        lease_token bigint NOT NULL DEFAULT 0,
        lease_start bigint NOT NULL DEFAULT 0,
        lease_end bigint NOT NULL DEFAULT 0,
        live bigint NOT NULL DEFAULT 0 CHECK (live >= 0),
        unassigned bigint NOT NULL DEFAULT 0 CHECK (unassigned >= 0),
        delay_until double precision NOT NULL DEFAULT 0,
        rate_until double precision NOT NULL DEFAULT 0,
        waiting bigint NOT NULL DEFAULT 0 CHECK (waiting >= 0),
        calling bigint NOT NULL DEFAULT 0 CHECK (calling >= 0),
        completed bigint NOT NULL DEFAULT 0 CHECK (completed >= 0),
        failed bigint NOT NULL DEFAULT 0 CHECK (failed >= 0),
        suppressed bigint NOT NULL DEFAULT 0 CHECK (suppressed >= 0),
        cancelled bigint NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
        attempted bigint NOT NULL DEFAULT 0 CHECK (attempted >= 0)
      ) WITH (fillfactor = 30);

      CREATE TABLE localities (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        doc text COLLATE "C" NOT NULL UNIQUE
      );
      CREATE TABLE leads (
        id uuid PRIMARY KEY,
        account uuid NOT NULL,
        campaign uuid NOT NULL,
        contact uuid NOT NULL,
        ordinal bigint NOT NULL,
        number bigint NOT NULL,
        number_index bigint NOT NULL,
        subject text,
        priority integer NOT NULL,
        locality integer NOT NULL,
        status text NOT NULL CHECK (status IN
          ('waiting', 'calling', 'completed', 'failed', 'suppressed', 'cancelled')),
        attempts bigint NOT NULL CHECK (attempts >= 0),
        last_attempt_at bigint,
        next_attempt_at bigint,
        is_callback boolean NOT NULL,
        callbacks bigint NOT NULL,
        last_disposition text,
        live_call uuid,
        ending text CHECK (ending IN ('cancel', 'suppress')),
        import_batch uuid,
        decision_dialled boolean,
        decision_rule text,
        decision_citation text,
        decided_at bigint,
        decision_retry_at bigint,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        search text NOT NULL,
        doc text NOT NULL,
        UNIQUE (campaign, contact),
        UNIQUE (campaign, ordinal),
        CHECK ((status = 'calling') = (live_call IS NOT NULL))
      ) WITH (fillfactor = 45);
      CREATE INDEX leads_campaign ON leads (campaign, created_at, id);
      CREATE INDEX leads_account ON leads (account, created_at, id);
      CREATE INDEX leads_contact ON leads (contact, created_at, id);
      CREATE INDEX leads_number ON leads (number);
      CREATE INDEX leads_import ON leads (import_batch) WHERE import_batch IS NOT NULL;

      CREATE TABLE due_leads (
        lead uuid PRIMARY KEY,
        campaign uuid NOT NULL,
        locality integer NOT NULL,
        rank smallint NOT NULL CHECK (rank IN (0, 1)),
        priority integer NOT NULL,
        due bigint NOT NULL,
        ordinal bigint NOT NULL,
        ready boolean NOT NULL
      );
      CREATE INDEX due_leads_ready ON due_leads (campaign, locality, rank, priority, due, ordinal) WHERE ready;
      CREATE INDEX due_leads_later ON due_leads (campaign, locality, due) WHERE NOT ready;
      CREATE TABLE queues (
        campaign uuid NOT NULL,
        locality integer NOT NULL,
        waiting bigint NOT NULL CHECK (waiting >= 0),
        latest bigint NOT NULL DEFAULT 0,
        made bigint NOT NULL DEFAULT -9223372036854775808,
        first bigint[] NOT NULL DEFAULT '{0,-2147483648,-9223372036854775808,0}',
        PRIMARY KEY (campaign, locality)
      ) WITH (fillfactor = 50);

      CREATE TABLE calls (
        id uuid PRIMARY KEY,
        account uuid NOT NULL,
        campaign uuid,
        lead uuid,
        contact uuid,
        agent uuid,
        subject text,
        attempt bigint NOT NULL,
        number bigint NOT NULL,
        from_number bigint,
        status text NOT NULL CHECK (status IN ('intended', 'placed', 'ringing', 'answered', 'ended')),
        disposition text,
        answered_by text,
        created_at bigint NOT NULL,
        placed_at bigint,
        ringing_at bigint,
        answered_at bigint,
        ended_at bigint,
        place_by bigint NOT NULL,
        expires_at bigint NOT NULL,
        duration bigint,
        talk_time bigint,
        cost bigint,
        carrier text COLLATE "C",
        reference text COLLATE "C",
        is_attempt boolean NOT NULL DEFAULT true,
        follow_up text,
        rule text,
        doc text,
        CHECK ((status = 'ended') = (disposition IS NOT NULL))
      ) WITH (fillfactor = 60);
      CREATE INDEX calls_account ON calls (account, created_at, id);
      CREATE INDEX calls_campaign ON calls (campaign, created_at, id) WHERE campaign IS NOT NULL;
      CREATE INDEX calls_contact ON calls (contact, created_at) WHERE contact IS NOT NULL;
      CREATE INDEX calls_number ON calls (number, account, created_at);
      CREATE INDEX calls_agent ON calls (agent, created_at, id) WHERE agent IS NOT NULL;
      CREATE INDEX calls_reference ON calls (reference, carrier) WHERE reference IS NOT NULL;
      CREATE TABLE live_calls (
        call uuid NOT NULL,
        account uuid NOT NULL,
        number bigint NOT NULL,
        campaign uuid,
        lead uuid,
        created_at bigint NOT NULL,
        PRIMARY KEY (number, account)
      );
      CREATE INDEX live_calls_single ON live_calls (created_at, call) WHERE campaign IS NULL;

      CREATE TABLE imports (
        id uuid PRIMARY KEY,
        account uuid NOT NULL,
        campaign uuid NOT NULL,
        digest text COLLATE "C" NOT NULL,
        status text NOT NULL,
        progress bigint NOT NULL,
        doc text NOT NULL
      );
      CREATE UNIQUE INDEX imports_digest ON imports (campaign, digest) WHERE status <> 'undone';
      CREATE INDEX imports_campaign ON imports (campaign, id);

      CREATE TABLE events (
        account uuid NOT NULL,
        sequence bigint NOT NULL,
        at bigint NOT NULL,
        kind text NOT NULL,
        campaign uuid,
        lead uuid,
        call uuid,
        agent uuid,
        status text,
        count bigint,
        leads uuid[],
        calls uuid[],
        statuses text[],
        PRIMARY KEY (account, sequence)
      ) WITH (toast_tuple_target = 8160);
      ALTER TABLE events ALTER leads SET STORAGE EXTERNAL, ALTER calls SET STORAGE EXTERNAL;

      CREATE TABLE rates (
        name text COLLATE "C" PRIMARY KEY,
        until double precision NOT NULL
      ) WITH (fillfactor = 50);
      CREATE TABLE reservations (
        id uuid PRIMARY KEY,
        account uuid NOT NULL,
        count bigint NOT NULL CHECK (count > 0),
        note text NOT NULL,
        reserved_at bigint NOT NULL,
        expires_at bigint NOT NULL
      );

      CREATE TABLE rollups (
        kind smallint NOT NULL,
        scope uuid NOT NULL,
        quarter bigint NOT NULL,
        created bigint NOT NULL DEFAULT 0,
        by_human bigint NOT NULL DEFAULT 0,
        by_machine bigint NOT NULL DEFAULT 0,
        duration bigint NOT NULL DEFAULT 0,
        with_duration bigint NOT NULL DEFAULT 0,
        talk_time bigint NOT NULL DEFAULT 0,
        wait_time bigint NOT NULL DEFAULT 0,
        answered_at_all bigint NOT NULL DEFAULT 0,
        cost bigint NOT NULL DEFAULT 0,
        leads_done bigint NOT NULL DEFAULT 0,
        callbacks bigint NOT NULL DEFAULT 0,
        \(dispositions.map { "\($0) bigint NOT NULL DEFAULT 0" }.joined(separator: ",\n  ")),
        PRIMARY KEY (kind, scope, quarter)
      ) WITH (fillfactor = 50);
      """
  }
#endif
