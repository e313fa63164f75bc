#include <strata/conformance/recorded_externs.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>

namespace strata::conformance {

std::string text_at(const Json& object, const char* key) {
    return object.value(key, std::string());
}

Cid link_at(const Json& value) {
    auto cid = Cid::parse(value.is_object() ? value.value("/", std::string()) : std::string());
    return cid ? *cid : Cid();
}

BigInt amount_at(const Json& object, const char* key) {
    auto value = BigInt::parse(text_at(object, key));
    return value ? *value : BigInt(-1);
}

RecordedExterns::RecordedExterns(const Json& rows) {
    for (const auto& row : rows) {
        const auto bytes = from_base64(text_at(row, "ret"));
        if (!bytes || bytes->size() != 32) continue;
        const std::string kind = row.at("on").at(0);
        const ChainEpoch epoch = row.at("on").at(1);
        std::ranges::copy(*bytes, table_[{kind, epoch}].begin());
    }
}

}  // namespace strata::conformance
