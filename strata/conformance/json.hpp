#pragma once
// JSON access for the suites: nlohmann's parser behind checks, so that a damaged file is a failed case, not a crash.
// Only .cpp files of this folder include it.
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

using Json = nlohmann::json;

/// A discarded value (is_discarded()) if the text is no JSON.
inline Json parse_json(const VectorFile& file) {
    return Json::parse(file.text(), nullptr, false);
}

inline Bytes hex_of(const Json& value) {
    if (!value.is_string()) return {};
    auto bytes = from_hex(value.get_ref<const std::string&>());
    return bytes ? std::move(*bytes) : Bytes{};
}

}  // namespace strata::conformance
