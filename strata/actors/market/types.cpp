#include <strata/actors/market/types.hpp>

namespace strata::actors::market {

void Label::to_cbor(CborWriter& w) const {
    if (const auto* text = std::get_if<std::string>(&value)) return w.text(*text);
    w.bytes(std::get<Bytes>(value));
}

Result<Label> Label::read_cbor(CborReader& r) {
    STRATA_TRY(const auto major, r.peek_major());
    if (major == 2) {  // a byte string
        STRATA_TRY(const auto bytes, r.bytes());
        return Label{to_bytes(bytes)};
    }
    STRATA_TRY(const auto text, r.text());
    return Label{std::string(text)};
}

std::size_t Label::size() const {
    return std::visit([](const auto& v) { return v.size(); }, value);
}

}  // namespace strata::actors::market
