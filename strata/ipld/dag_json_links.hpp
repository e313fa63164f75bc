#pragma once
// Finds links and paths of a DAG-JSON block without building its tree: memory grows with the links, not with the
// values. Source: ipld.io/specs/codecs/dag-json.
#include <strata/ipld/dag.hpp>

namespace strata {

/// Works like links_of(). Errors: malformed; too_large for more than 128 levels.
Result<std::vector<Cid>> dag_json_links(std::string_view text);
/// Works like follow_path(). Errors: not_found, malformed, too_large.
Result<PathInBlock> follow_dag_json(std::string_view text, std::span<const std::string> names);

}  // namespace strata
