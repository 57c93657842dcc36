#pragma once

// toml++ behind C functions. A document is parsed whole into a flat array of nodes in pre-order, in the order of the
// file, each with the place where it was written. Nothing here interprets a value.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What a node is.
enum ctoml_kind {
  CTOML_TABLE = 0,
  CTOML_ARRAY = 1,
  CTOML_STRING = 2,
  CTOML_INTEGER = 3,
  CTOML_FLOAT = 4,
  CTOML_BOOLEAN = 5,
  CTOML_DATE = 6,
  CTOML_TIME = 7,
  CTOML_LOCAL_DATE_TIME = 8,
  CTOML_DATE_TIME = 9,
};

/// One node. Lines and columns count from one, columns in characters; zero where the parser recorded none.
/// `text` is the string, or the date or time as RFC 3339 writes it; it may hold NUL bytes. The bytes belong to the
/// document.
struct ctoml_node {
  int32_t kind;
  /// The root table has depth 0; children of a node follow it with a greater depth.
  uint32_t depth;
  const char *_Nullable key;
  size_t key_length;
  uint32_t key_line;
  uint32_t key_column;
  uint32_t line;
  uint32_t column;
  const char *_Nullable text;
  size_t text_length;
  /// The integer, or the boolean as 0 or 1.
  int64_t integer;
  double real;
};

struct ctoml_document;

/// Parses `length` bytes of UTF-8. The result must be given to `ctoml_free`. Depth is the caller's to limit: nested
/// keys and values take one stack frame each.
struct ctoml_document *_Nonnull ctoml_parse(const uint8_t *_Nullable bytes, size_t length);

/// Whether the text was not TOML; then there are no nodes.
bool ctoml_failed(const struct ctoml_document *_Nonnull document);

/// What is wrong, zero-terminated, and where. Empty if nothing is.
const char *_Nonnull ctoml_error_message(const struct ctoml_document *_Nonnull document);
uint32_t ctoml_error_line(const struct ctoml_document *_Nonnull document);
uint32_t ctoml_error_column(const struct ctoml_document *_Nonnull document);

/// The nodes, root first.
const struct ctoml_node *_Nullable ctoml_nodes(const struct ctoml_document *_Nonnull document);
size_t ctoml_node_count(const struct ctoml_document *_Nonnull document);

/// Ends the life of the document and of all bytes its nodes point to.
void ctoml_free(struct ctoml_document *_Nonnull document);
