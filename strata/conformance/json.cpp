#include <strata/conformance/json.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>

namespace strata::conformance {

Json parse_json(const VectorFile& file) {
    return Json::parse(file.text(), nullptr, false);
}

Bytes hex_of(const Json& value) {
    if (!value.is_string()) return {};
    auto bytes = from_hex(value.get_ref<const std::string&>());
    return bytes ? std::move(*bytes) : Bytes{};
}

}  // namespace strata::conformance
