#include <strata/actors/market/types.hpp>

namespace strata::actors::market {

void Label::to_cbor(CborWriter& w) const {
    if (const auto* text = std::get_if<std::string>(&value)) return w.text(*text);
    w.bytes(std::get<Bytes>(value));
}

Result<Label> Label::read_cbor(CborReader& r) {
    // The reference looks at the first byte to choose the type, so that it has to be the type's own, with a length
    // (builtin-actors actors/market/src/deal.rs: Label::deserialize; serde_ipld_dagcbor src/de.rs: deserialize_any).
    STRATA_TRY(const auto major, r.peek_major());
    if ((major != 2 && major != 3) || r.at_indefinite())
        return fail(Errc::malformed, "a label is neither a byte string nor a text string with a length");
    if (major == 2) {
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
