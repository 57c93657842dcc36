// The tables, as the first migration makes them, and the list of migrations. A migration that was shipped is never edited:
// a change of the schema is appended.
//
// Messages are rows of a tree, narrow, so that walking from a leaf to its ancestors touches few pages; what is said stands in
// `parts`, what was measured in `runs`. Keys are small numbers that never leave this module.

/// One step from a version of the schema to the next.
struct Migration {
  /// Statements without values.
  let script: String
  /// Whether rows or columns are thrown away: a copy of the file is then kept.
  var dropsData = false
}

enum Schema {
  /// "rffl": tells riffle's files from other programs' databases.
  static let applicationID: Int64 = 0x7266_666C

  /// The n-th leads from version n to n + 1.
  static let migrations = [Migration(script: first), Migration(script: levels), Migration(script: measured)]

  private static let first = """
    CREATE TABLE conversations (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      title TEXT NOT NULL,
      created INTEGER NOT NULL,
      updated INTEGER NOT NULL,
      leaf INTEGER REFERENCES messages(key),
      message_count INTEGER NOT NULL DEFAULT 0,
      is_pinned INTEGER NOT NULL DEFAULT 0,
      is_archived INTEGER NOT NULL DEFAULT 0,
      is_unread INTEGER NOT NULL DEFAULT 0,
      trashed INTEGER,
      tag_count INTEGER NOT NULL DEFAULT 0,
      profile TEXT NOT NULL,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      temperature REAL,
      top_p REAL,
      maximum_tokens INTEGER,
      is_streaming INTEGER NOT NULL,
      extra_json TEXT NOT NULL,
      system TEXT NOT NULL
    ) STRICT;
    CREATE INDEX conversations_listed ON conversations(is_pinned DESC, updated DESC, key DESC) WHERE trashed IS NULL;

    CREATE TABLE tags (
      conversation INTEGER NOT NULL REFERENCES conversations(key),
      position INTEGER NOT NULL,
      tag TEXT NOT NULL,
      PRIMARY KEY (conversation, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tags_named ON tags(tag);

    CREATE TABLE messages (
      key INTEGER PRIMARY KEY,
      id BLOB NOT NULL UNIQUE,
      conversation INTEGER NOT NULL REFERENCES conversations(key),
      parent INTEGER REFERENCES messages(key),
      depth INTEGER NOT NULL,
      ordinal INTEGER NOT NULL,
      role INTEGER NOT NULL,
      created INTEGER NOT NULL,
      status INTEGER NOT NULL,
      finish TEXT,
      provider TEXT,
      model TEXT,
      usage_input INTEGER,
      usage_output INTEGER,
      usage_cache_read INTEGER,
      usage_cache_write INTEGER,
      usage_reasoning INTEGER,
      usage_is_estimated INTEGER,
      owner INTEGER,
      indexed INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX messages_siblings ON messages(conversation, parent, ordinal);
    CREATE INDEX messages_prompts ON messages(created) WHERE role = 1;
    CREATE INDEX messages_owned ON messages(owner) WHERE owner IS NOT NULL;

    CREATE TABLE failures (
      message INTEGER PRIMARY KEY REFERENCES messages(key),
      kind TEXT NOT NULL,
      summary TEXT NOT NULL,
      detail TEXT NOT NULL,
      request TEXT,
      recovery TEXT,
      recovery_value TEXT
    ) STRICT;

    CREATE TABLE attachments (
      key INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      media_type TEXT NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;

    -- Not clustered by message: rows of such a table spill into pages of their own beyond a kilobyte.
    CREATE TABLE parts (
      key INTEGER PRIMARY KEY,
      message INTEGER NOT NULL REFERENCES messages(key),
      position INTEGER NOT NULL,
      kind INTEGER NOT NULL,
      body TEXT,
      name TEXT,
      reference TEXT,
      flag INTEGER,
      attachment INTEGER REFERENCES attachments(key),
      UNIQUE (message, position)
    ) STRICT;

    CREATE TABLE journal (
      message INTEGER NOT NULL REFERENCES messages(key),
      sequence INTEGER NOT NULL,
      position INTEGER NOT NULL,
      kind INTEGER NOT NULL,
      body TEXT,
      name TEXT,
      reference TEXT,
      flag INTEGER,
      attachment INTEGER REFERENCES attachments(key),
      PRIMARY KEY (message, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE runs (
      message INTEGER PRIMARY KEY REFERENCES messages(key),
      id BLOB NOT NULL,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      is_streaming INTEGER NOT NULL,
      started INTEGER NOT NULL,
      metrics TEXT NOT NULL,
      timeline BLOB NOT NULL
    ) STRICT;

    CREATE TABLE drafts (
      conversation INTEGER PRIMARY KEY REFERENCES conversations(key),
      text TEXT NOT NULL
    ) STRICT;
    CREATE TABLE shelved_drafts (
      key INTEGER PRIMARY KEY,
      conversation INTEGER NOT NULL REFERENCES conversations(key),
      created INTEGER NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX shelved_drafts_created ON shelved_drafts(created);

    CREATE TABLE queued_prompts (
      key INTEGER PRIMARY KEY,
      conversation INTEGER NOT NULL REFERENCES conversations(key),
      position INTEGER NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX queued_prompts_order ON queued_prompts(conversation, position);
    CREATE TABLE queued_attachments (
      prompt INTEGER NOT NULL REFERENCES queued_prompts(key),
      position INTEGER NOT NULL,
      attachment INTEGER NOT NULL REFERENCES attachments(key),
      PRIMARY KEY (prompt, position)
    ) STRICT, WITHOUT ROWID;

    -- Row 0 counts; the others say when a conversation was changed last, and by which process.
    CREATE TABLE changes (
      conversation INTEGER PRIMARY KEY,
      revision INTEGER NOT NULL,
      owner INTEGER NOT NULL
    ) STRICT;
    INSERT INTO changes (conversation, revision, owner) VALUES (0, 0, 0);

    CREATE VIEW searchable (key, text) AS
      SELECT key, (SELECT group_concat(body, char(10)) FROM parts WHERE message = messages.key AND kind = 1)
      FROM messages;
    CREATE VIRTUAL TABLE search_words USING fts5(
      text, content = 'searchable', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2');
    CREATE VIRTUAL TABLE search_trigrams USING fts5(text, content = '', tokenize = 'trigram');
    """

  /// Finds the place of a message by its number, without walking there from the end: most numbers have one message only.
  private static let levels = "CREATE INDEX messages_levels ON messages(conversation, depth)"

  /// What statistics ask for: the profile that was talked with, whether the end was seen (`NULL`: nobody knows), and what
  /// was said of it in a race without names (1: the best, 0: not the best).
  private static let measured = """
    ALTER TABLE runs ADD COLUMN profile TEXT;
    ALTER TABLE runs ADD COLUMN is_watched INTEGER;
    ALTER TABLE runs ADD COLUMN rating INTEGER;
    CREATE INDEX runs_started ON runs(started);
    """
}
