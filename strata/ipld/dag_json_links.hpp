#pragma once
// Links and paths of a DAG-JSON block, read without building its tree: memory goes with the links, not with the values.
// Source: ipld.io/specs/codecs/dag-json.
#include <strata/ipld/dag.hpp>

namespace strata {

/// As links_of(). Errors: malformed; too_large for more than 128 levels.
Result<std::vector<Cid>> dag_json_links(std::string_view text);
/// As follow_path(). Errors: not_found, malformed, too_large.
Result<PathInBlock> follow_dag_json(std::string_view text, std::span<const std::string> names);

}  // namespace strata
