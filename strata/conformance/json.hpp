#pragma once
// Gives the suites access to JSON. A file that includes this one and looks into a value includes <nlohmann/json.hpp>
// too.
#include <nlohmann/json_fwd.hpp>

#include <strata/base/bytes.hpp>
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

using Json = nlohmann::json;

/// Parses a file; returns a discarded value (is_discarded()) if the file is not JSON.
Json parse_json(const VectorFile& file);
/// Returns the bytes of a hexadecimal string; empty for anything else.
Bytes hex_of(const Json& value);

}  // namespace strata::conformance
